import { checkLayerSource, type LayerSource } from './layer-source.ts';
import { optionNames, type ReportingOptions, variablesOf } from './reporting-options.ts';

/** How functions are reported, and from which layers. */
export interface TaskReportingProps extends ReportingOptions {
  /** The reporter layer. @default - one in each stack, with the files of this package */
  readonly layer?: LayerSource | undefined;
  /**
   * Also attach the sentinel layer, which reports how a run ended when the function's process
   * cannot. `true` takes the files of this package. The function needs 384 MB of memory or more.
   *
   * @default false
   */
  readonly sentinel?: boolean | LayerSource | undefined;
}

/**
 * @param where - what the message calls the options
 * @throws Error when one of them is not usable
 */
export function checkProps(props: TaskReportingProps, where: string): void {
  const { layer, sentinel } = props;
  const known = [...optionNames, 'layer', 'sentinel'];
  const unknown = Object.keys(props).find((name) => !known.includes(name));
  if (unknown === 'apiKey') {
    throw new Error(
      `${where}: there is no option 'apiKey', as the key would stand in the template for everyone to read. Put it into a secret, and give that as apiKeySecret.`,
    );
  }
  if (unknown !== undefined) {
    throw new Error(`${where}: there is no option '${unknown}'. There are ${known.join(', ')}.`);
  }
  if (layer !== undefined) checkLayerSource(layer, `${where}: layer`);
  if (sentinel !== undefined && typeof sentinel !== 'boolean') {
    checkLayerSource(sentinel, `${where}: sentinel`);
  }
  variablesOf(props, where);
}
