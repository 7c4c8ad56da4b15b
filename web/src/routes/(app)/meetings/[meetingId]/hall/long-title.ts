/** A title or question of more letters is set smaller on the wall, to stand whole beside the code. */
export const LONG_TITLE = 60;
