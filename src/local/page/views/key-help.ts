/** What the keys do, for the help. */
export const keyHelp: readonly (readonly [keys: string, meaning: string])[] = [
  ['j / k', 'Next and previous task'],
  ['Enter', 'Open the task'],
  ['Esc', 'Close the task, or clear the filters'],
  ['/', 'Search'],
  ['g then t', 'Tasks'],
  ['g then m', 'Metrics'],
  ['d', 'Dark, light or as the system'],
  ['?', 'This help'],
];
