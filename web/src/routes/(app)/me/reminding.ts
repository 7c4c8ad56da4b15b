import { ask } from '#lib/api.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { pushKey, subscribe, unsubscribe } from '#shared/meetings/reminders-contract.ts';

/** `none`: this browser has no such thing. `blocked`: its owner has forbidden notices of this site. */
export type Reminding = 'on' | 'off' | 'blocked' | 'none';

const manager = async (): Promise<PushManager | undefined> => {
  const worker = await navigator.serviceWorker?.getRegistration();
  return worker?.pushManager;
};

/** How it stands with this browser. */
export const remindingHere = async (): Promise<Reminding> => {
  const push = await manager();
  if (!push || !('Notification' in window)) return 'none';
  if (Notification.permission === 'denied') return 'blocked';
  return (await push.getSubscription()) ? 'on' : 'off';
};

/** Asks the owner, subscribes at the browser's own push service and tells the handbook where to knock. */
export const startReminding = async (
  unitId: UnitId,
): Promise<Result<unknown, 'not-a-push-service' | 'offline' | 'fault'>> => {
  const push = await manager();
  if (!push || (await Notification.requestPermission()) !== 'granted') return refuse('not-a-push-service');
  const known = await ask(pushKey, { unitId });
  if (!known.ok) return refuse(known.code === 'offline' ? 'offline' : 'fault');
  const made = await subscribed(push, known.value.key);
  if (!made) return refuse('not-a-push-service');
  const told = await ask(subscribe, { unitId, endpoint: made.endpoint });
  if (told.ok) return ok({});
  // nobody knocks where nobody was told to: the next press begins anew
  await made.unsubscribe();
  return refuse(told.code === 'offline' || told.code === 'not-a-push-service' ? told.code : 'fault');
};

/** Ends it here and at the handbook; one that cannot be told finds the address gone by itself. */
export const endReminding = async (unitId: UnitId): Promise<Result<unknown, 'offline' | 'fault'>> => {
  const made = await (await manager())?.getSubscription();
  if (!made) return ok({});
  await ask(unsubscribe, { unitId, endpoint: made.endpoint });
  await made.unsubscribe();
  return ok({});
};

/** A browser without a push service (a private window, a phone without its maker's services) says no. */
const subscribed = async (push: PushManager, key: string): Promise<PushSubscription | undefined> => {
  try {
    return await push.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
};
