import { type Label, LONGEST_NAME } from './label-before.ts';
import { percentDecoded } from './percent-encoding.ts';
import type { NameFacts } from './redact-rules.ts';
import type { Sensitivity } from './sensitive-keys.ts';

export type FactsOf = (name: string) => NameFacts;

/** Words that take their meaning from the words before: `API key`, `social security number`. */
const needsMore = /^(?:keys?|codes?|number|string|phrase|id|value|header)$/i;

/** What is to be hidden after a label in text, where names may be of several words. */
export function sensitivityOfLabel(text: string, label: Label, factsOf: FactsOf): Sensitivity {
  const sensitivity = sensitivityOfName(label.name, factsOf);
  if (label.isQuoted) return sensitivity;
  const before = text.slice(Math.max(0, label.start - LONGEST_NAME), label.start);
  // The parts of an ARN are not names: `arn:aws:secretsmanager:eu-central-1:…:secret:my-name`.
  if (sensitivity !== 'none') return /\barn:[\w:/.-]*:$/.test(before) ? 'none' : sensitivity;
  if (!needsMore.test(label.name)) return 'none';
  const [, second = '', first = ''] = /(?:([\w-]+)[ \t])?([\w-]+)[ \t]$/.exec(before) ?? [];
  const longer = sensitivityOfName(`${first} ${label.name}`, factsOf);
  return longer === 'none'
    ? sensitivityOfName(`${second} ${first} ${label.name}`, factsOf)
    : longer;
}

/** Also of `user[password]` and `settings.token`, where the last part is a name of its own. */
export function sensitivityOfName(name: string, factsOf: FactsOf): Sensitivity {
  const decoded = percentDecoded(name);
  const { sensitivity } = factsOf(decoded);
  if (sensitivity !== 'none' || !/[.[\]$%]/.test(decoded)) return sensitivity;
  const lastPart = decoded.split(/[.[\]$%]+/).findLast((part) => part !== '') ?? '';
  return factsOf(lastPart).sensitivity;
}
