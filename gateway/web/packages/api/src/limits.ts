/** What the door takes: a message of 256 KiB in its frame. */
export const requestBytesMax = 256 * 1024 + 5;

/** More than any answer has. */
export const answerBytesMax = 4 * 1024 * 1024;
