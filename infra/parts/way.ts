import type { Construct } from 'constructs';

/** The name of a way on which facts travel, made of its place: `Meetings/Live` is `meetings-live`. */
export const wayOf = (here: Construct): string =>
  here.node.path
    .split('/')
    .slice(1)
    .map((part) => part.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase())
    .join('-');

/** Where the messages of a way are set aside. */
export const asideName = (way: string): string => `handbook-${way}-aside`;

/** From here on the operator's page calls a way late, and an alarm tells it; a test holds the two together. */
export const LATE_SECONDS = 60;
