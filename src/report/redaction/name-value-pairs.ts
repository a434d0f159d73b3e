/**
 * The two halves of a field that is written as an object, such as
 * `{ "name": "Authorization", "value": "…" }` of a header list.
 */
const nameFields =
  /^(?:(?:header|parameter|attribute|field|variable|cookie|property|tag)?(?:name|key)|k|header|field|parameter|attribute|variable|property|label|id)$/;
const valueFields =
  /^(?:(?:header|parameter|attribute|field|variable|cookie|property|tag|string|binary|default|text|raw|secret)?values?|v|val)$/;

/** Whether a field with this normal name tells the name of something. */
export function isNameField(normalName: string): boolean {
  return nameFields.test(normalName);
}

/** Whether a field with this normal name tells the value of something. */
export function isValueField(normalName: string): boolean {
  return valueFields.test(normalName);
}
