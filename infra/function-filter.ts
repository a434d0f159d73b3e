import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Selects functions: by their construct path, of which a text matches the whole (`*` stands for
 * any characters) and a pattern any part, or by a predicate.
 */
export type FunctionFilter = string | RegExp | ((fn: LambdaFunction) => boolean);

/** Whether any of the filters selects what is a function, or stands in the place of one. */
export function isSelected(
  node: IConstruct,
  filters: FunctionFilter | readonly FunctionFilter[],
): boolean {
  return [filters].flat().some((filter) => selects(filter, node));
}

function selects(filter: FunctionFilter, node: IConstruct): boolean {
  if (typeof filter === 'function') return node instanceof LambdaFunction && filter(node);
  if (typeof filter === 'string') return patternOf(filter).test(node.node.path);
  // Not test(): a pattern with the flag g would remember where it has been.
  return node.node.path.search(filter) !== -1;
}

function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
