/**
 * The least memory, in MB, of a function that the sentinel runs beside. Lambda gives CPU by memory:
 * with less, the start of a second process would take too much of the function's.
 */
export const minMemoryMb = 384;
