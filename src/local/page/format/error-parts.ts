/** Splits the result of a failed task into message, causes and stack. */

export interface ErrorParts {
  /** Null if the text does not start with an error name. */
  readonly name: string | null;
  readonly message: string;
  readonly causes: readonly ErrorCause[];
  /** Empty if there is none. */
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
  const description = firstFrame === -1 ? lines : lines.slice(0, firstFrame);
  const stack = firstFrame === -1 ? '' : lines.slice(firstFrame).join('\n');
  const firstCause = description.findIndex((line) => causeLine.test(line));
  const headline = (firstCause === -1 ? description : description.slice(0, firstCause))
    .join('\n')
    .trim();
  const [, name, message] = /^([\p{L}_$][\p{L}\p{N}_$.]*): (.*)$/su.exec(headline) ?? [];
  return {
    name: name ?? null,
    message: message ?? headline,
    causes: firstCause === -1 ? [] : readCauses(description.slice(firstCause)),
    stack,
  };
}

/** A line that does not start a cause continues the previous one. */
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
