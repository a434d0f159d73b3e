/** Formats a diagnosis as text. */
import type { Style, Terminal } from '../shared/terminal.ts';
import { safeLine } from '../shared/terminal-text.ts';
import type { Diagnosis, Finding, ReportedBy, Status } from './finding.ts';

const labels: Readonly<Record<Status, readonly [label: string, style: Style]>> = {
  ok: ['ok', 'green'],
  warning: ['warn', 'yellow'],
  problem: ['FAIL', 'red'],
  unknown: ['?', 'yellow'],
};

const reportedByTexts: Readonly<Record<ReportedBy, string>> = {
  layer: 'reported by the layer',
  code: 'reported by its code',
  image: 'a container image',
  nothing: 'not reported',
};

const checkWidth = 13;

export function diagnosisLines(diagnosis: Diagnosis, terminal: Terminal): string[] {
  const { findings, region, reportedBy } = diagnosis;
  return [
    `${terminal.paint('bold', safeLine(diagnosis.function))} in ${safeLine(region)}, ${reportedByTexts[reportedBy]}`,
    '',
    ...findings.flatMap((finding) => findingLines(finding, terminal)),
    '',
    summary(findings),
  ];
}

function findingLines({ check, status, message, fix = [] }: Finding, terminal: Terminal): string[] {
  const [label, style] = labels[status];
  return [
    `${terminal.paint(style, label.padEnd(5))} ${check.padEnd(checkWidth)} ${safeLine(message)}`,
    ...fix.map((command) => `${terminal.paint('dim', '  $')} ${safeLine(command)}`),
  ];
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Status): number =>
    findings.filter((finding) => finding.status === status).length;
  const parts = [
    formatCount(count('problem'), 'problem'),
    formatCount(count('warning'), 'warning'),
    count('unknown') === 0 ? '' : `${count('unknown')} not checked`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'No problems found.' : `${parts.join(', ')}.`;
}

function formatCount(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
