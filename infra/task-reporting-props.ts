import { checkLayerSource, type LayerSource } from './layer-source.ts';
import { optionNames, type ReportingOptions, variablesOf } from './reporting-options.ts';

/** How functions are reported, and which layers they get. */
export interface TaskReportingProps extends ReportingOptions {
  /** The reporter layer. @default - one in each stack, from the files of this package */
  readonly layer?: LayerSource | undefined;
  /**
   * Adds the sentinel layer, which reports how a task ended if the function's process cannot. `true`
   * uses the files of this package. The function needs at least 384 MB of memory.
   *
   * @default false
   */
  readonly sentinel?: boolean | LayerSource | undefined;
}

/**
 * @param where - name of the options in the message
 * @throws Error if one of them is invalid
 */
export function checkProps(props: TaskReportingProps, where: string): void {
  const { layer, sentinel } = props;
  const known = [...optionNames, 'layer', 'sentinel'];
  const unknown = Object.keys(props).find((name) => !known.includes(name));
  if (unknown === 'apiKey') {
    throw new Error(
      `${where}: there is no option 'apiKey', because everyone who can see the template could read the key. Store it in a secret and set apiKeySecret.`,
    );
  }
  if (unknown !== undefined) {
    throw new Error(`${where}: unknown option '${unknown}'. Valid options: ${known.join(', ')}.`);
  }
  if (layer !== undefined) checkLayerSource(layer, `${where}: layer`);
  if (sentinel !== undefined && typeof sentinel !== 'boolean') {
    checkLayerSource(sentinel, `${where}: sentinel`);
  }
  variablesOf(props, where);
}
