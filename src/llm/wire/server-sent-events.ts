/**
 * The data of each server-sent event
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
 * An event without an empty line at its end has not arrived.
 *
 * @param text - without byte order mark
 */
export function serverSentData(text: string): readonly string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of endedLines(text)) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
    } else if (line === 'data') data.push('');
    else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  return events;
}

/** A line without its end was cut. */
function endedLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).slice(0, -1);
}
