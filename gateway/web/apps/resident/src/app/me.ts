import type { Unit } from '@wuwei/api/types/organization';
import { Role } from '@wuwei/api/types/roles';
import type { Me } from '@wuwei/api/types/identity';
import { computed, shallowRef } from 'vue';
import { address, draft, phone } from './drafts';
import { onceEach } from './once';
import { pages, start } from './ways';
import { wuwei } from './wuwei';

/** Whoever is signed in, as the services know them. */
export const me = shallowRef<Me>();

export const homeUnitId = computed(() => me.value?.homeUnitId ?? '');

export async function loadMe(): Promise<Me | undefined> {
  if (!wuwei.signedIn) {
    me.value = undefined;
  } else if (!me.value) {
    me.value = (await wuwei.identity.getMe({})).me;
  }

  return me.value;
}

export function holds(role: Role): boolean {
  return me.value?.roles.some((held) => held.role === role) ?? false;
}

/** Forgets, on this device, whatever is theirs. */
export async function signOut(): Promise<void> {
  await wuwei.access.signOut({});
  me.value = undefined;
  [draft, phone, address].forEach((k) => k.remove());
  start(pages.home);
}

export const unitOf: (id: string) => Promise<Unit | undefined> =
  onceEach(async (unitId) => (await wuwei.organization.getUnit({ unitId })).unit);

/** The unit and all above it, upwards. */
export async function lineOf(id: string): Promise<Unit[]> {
  const line: Unit[] = [];
  for (let unit = id ? await unitOf(id) : undefined; unit; unit = unit.parentId ? await unitOf(unit.parentId) : undefined) {
    line.push(unit);
  }

  return line;
}
