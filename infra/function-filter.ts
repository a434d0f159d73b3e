import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Selects functions by construct path or by predicate. A text must match the whole path, with `*` for
 * any characters; a regular expression may match any part of it.
 */
export type FunctionFilter = string | RegExp | ((fn: LambdaFunction) => boolean);

/** Whether any of the filters selects a node, a `Function` or a `CfnFunction`. */
export function isSelected(
  node: IConstruct,
  filters: FunctionFilter | readonly FunctionFilter[],
): boolean {
  return [filters].flat().some((filter) => selects(filter, node));
}

function selects(filter: FunctionFilter, node: IConstruct): boolean {
  if (typeof filter === 'function') return node instanceof LambdaFunction && filter(node);
  if (typeof filter === 'string') return patternOf(filter).test(node.node.path);
  // test() would keep a position in patterns with the flag g.
  return node.node.path.search(filter) !== -1;
}

function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
