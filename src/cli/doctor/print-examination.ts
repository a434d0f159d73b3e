/** Shows what was found to a person. */
import type { Style, Terminal } from '../shared/terminal.ts';
import { safeLine } from '../shared/terminal-text.ts';
import type { Examination, Finding, Reporter, Status } from './finding.ts';

const signs: Readonly<Record<Status, readonly [sign: string, style: Style]>> = {
  ok: ['ok', 'green'],
  warning: ['warn', 'yellow'],
  problem: ['FAIL', 'red'],
  unknown: ['?', 'yellow'],
};

const reporters: Readonly<Record<Reporter, string>> = {
  layer: 'reported by the layer',
  code: 'reported from its code',
  image: 'a container image',
  nothing: 'not reported by anything',
};

const checkWidth = 13;

export function examinationLines(examination: Examination, terminal: Terminal): string[] {
  const { findings, region, reportedBy } = examination;
  return [
    `${terminal.paint('bold', safeLine(examination.function))} in ${safeLine(region)}, ${reporters[reportedBy]}`,
    '',
    ...findings.flatMap((finding) => findingLines(finding, terminal)),
    '',
    summary(findings),
  ];
}

function findingLines({ check, status, message, fix = [] }: Finding, terminal: Terminal): string[] {
  const [sign, style] = signs[status];
  return [
    `${terminal.paint(style, sign.padEnd(5))} ${check.padEnd(checkWidth)} ${safeLine(message)}`,
    ...fix.map((command) => `${terminal.paint('dim', '  $')} ${safeLine(command)}`),
  ];
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Status): number =>
    findings.filter((finding) => finding.status === status).length;
  const parts = [
    numbered(count('problem'), 'problem'),
    numbered(count('warning'), 'warning'),
    count('unknown') === 0 ? '' : `${count('unknown')} not checked`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Everything is right.' : `${parts.join(', ')}.`;
}

function numbered(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}
