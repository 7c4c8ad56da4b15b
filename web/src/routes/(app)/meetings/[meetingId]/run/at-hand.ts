import { preloadCode } from '$app/navigation';

/**
 * Brings onto the phone, while there is a network, all that the evening may need without one: the other tabs and the end.
 * The worker keeps what comes; what does not come is asked for again when it is opened.
 */
export const bringAlong = (): void => {
  // what is loaded before the worker is there is not kept by it
  void navigator.serviceWorker?.ready
    .then(() =>
      Promise.all([
        import('./Polls.svelte'),
        import('./Speakers.svelte'),
        import('./Answers.svelte'),
        import('../end/TasksScreen.svelte'),
        import('../end/RatingScreen.svelte'),
        import('../end/ClosingScreen.svelte'),
        import('../end/MinutesScreen.svelte'),
        import('../end/ResolutionScreen.svelte'),
        preloadCode('/(app)/meetings/[meetingId]/end'),
      ]),
    )
    // no network: this visit is not the one that brings it
    .catch(() => undefined);
};
