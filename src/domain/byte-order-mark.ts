/** The text of a file without the mark that editors and spreadsheets of Windows begin it with. */
export const withoutByteOrderMark = (text: string): string => text.replace(/^\uFEFF/, "");
