import { preloadCode } from '$app/navigation';
import type { MeetingRef } from '../meeting-paths.ts';
import { Hall } from './hall.svelte.ts';

/** Brings to the phone what a near meeting reads and the code that shows it, so that the hall's network carries neither. No function runs. */
export const fetchAhead = async (ref: MeetingRef): Promise<void> => {
  await Promise.all([
    Hall.open(ref),
    preloadCode('/(app)/meetings/[meetingId]'),
    import('./Programme.svelte'),
    import('./Beside.svelte'),
    import('./Before.svelte'),
    import('./Opinions.svelte'),
    import('./OpinionForm.svelte'),
    import('./VoteCard.svelte'),
  ]);
};
