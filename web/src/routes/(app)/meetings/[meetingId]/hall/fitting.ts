/**
 * Letters of what the hall has before it, in hundredths of the wall's height. Down to 8.6 they are read from 8 m on a television
 * of 55 inches (see the journey); a longer text is set smaller step by step, and is never cut.
 */
const STEPS = [9.5, 8.6, 7.6, 6.7, 5.9, 5.2, 4.6, 4, 3.5, 3];
/** Words beside it may be smaller from the start. */
const STEPS_BESIDE = STEPS.filter((step) => step <= 5.2);

/** Gives this element the largest letters with which the whole wall still fits on it, as `--letters`, as long as it stands. */
export const fitted = (_text: string, steps: 'main' | 'beside' = 'main') => {
  return (element: HTMLElement) => {
    const wall = element.closest('dialog');
    if (!wall) return undefined;
    const fit = () => {
      for (const step of steps === 'main' ? STEPS : STEPS_BESIDE) {
        // on an upright screen lines are short
        element.style.setProperty('--letters', `min(${step}vh, ${step * 0.85}vw)`);
        if (wall.scrollHeight <= wall.clientHeight) return;
      }
    };
    // what stands beside it comes and goes: the code, the count, another size of the window
    const seen = new ResizeObserver(fit);
    seen.observe(wall);
    if (element.parentElement) seen.observe(element.parentElement);
    return () => seen.disconnect();
  };
};
