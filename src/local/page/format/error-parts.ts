/** The text of a failed run, taken apart as it was put together: message, causes, stack. */

export interface ErrorParts {
  /** Null where the text does not begin with the name of an error. */
  readonly name: string | null;
  readonly message: string;
  readonly causes: readonly ErrorCause[];
  /** Empty where there is none. */
  readonly stack: string;
}

export interface ErrorCause {
  /** `Caused by`, or `Error 1 of 3`. */
  readonly label: string;
  readonly text: string;
}

const causeLine = /^(Caused by|Error \d+ of \d+): (.*)$/;
const moreCauses = '… more causes';
const frameLine = /^\s+at \S/;

export function errorParts(text: string): ErrorParts {
  const lines = text.split('\n');
  const firstFrame = lines.findIndex((line) => frameLine.test(line));
  const told = firstFrame === -1 ? lines : lines.slice(0, firstFrame);
  const stack = firstFrame === -1 ? '' : lines.slice(firstFrame).join('\n');
  const firstCause = told.findIndex((line) => causeLine.test(line));
  const headline = (firstCause === -1 ? told : told.slice(0, firstCause)).join('\n').trim();
  const [, name, message] = /^([\p{L}_$][\p{L}\p{N}_$.]*): (.*)$/su.exec(headline) ?? [];
  return {
    name: name ?? null,
    message: message ?? headline,
    causes: firstCause === -1 ? [] : readCauses(told.slice(firstCause)),
    stack,
  };
}

/** A line that begins no cause belongs to the message of the one before. */
function readCauses(lines: readonly string[]): ErrorCause[] {
  const causes: { label: string; text: string }[] = [];
  for (const line of lines) {
    const [, label, text] = causeLine.exec(line) ?? [];
    const last = causes.at(-1);
    if (label !== undefined && text !== undefined) causes.push({ label, text });
    else if (line === moreCauses || last === undefined) causes.push({ label: '', text: line });
    else last.text += `\n${line}`;
  }
  return causes;
}
