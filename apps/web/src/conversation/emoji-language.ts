/** The names of emoji are there in Chinese and in English. */
export const isChinese = (): boolean => navigator.language.toLowerCase().startsWith('zh')
