import type { Unit } from '@wuwei/api/types/organization';
import { Role } from '@wuwei/api/types/roles';
import type { Me } from '@wuwei/api/types/identity';
import { computed, shallowRef } from 'vue';
import { address, draft, phone, texts } from './drafts';
import { kept } from './kept';
import { onceEach } from './once';
import { pages, start } from './ways';
import { orNothing, wuwei } from './wuwei';

const known = shallowRef<Me>();
/** Whose draft, phone and address this device keeps. */
const ownerKey = 'wuwei.owner';
const owner = kept<string>(ownerKey);

/** Whoever is signed in, as the services know them. What somebody else left on this device is gone. */
export const me = computed({
  get: () => known.value,
  set: (who) => {
    known.value = who;
    const before = owner.get();
    if (who && who.personId !== before) {
      if (before) forgetOwn();
      owner.set(who.personId);
    }
  },
});

export const homeUnitId = computed(() => me.value?.homeUnitId ?? '');

/** @param anew also when they are known: their roles may have changed */
export async function loadMe(anew = false): Promise<Me | undefined> {
  if (!wuwei.signedIn) {
    me.value = undefined;
  } else if (anew || me.value?.personId !== owner.get() || !me.value) {
    me.value = (await wuwei.identity.getMe({})).me;
  }

  return me.value;
}

export function holds(role: Role): boolean {
  return me.value?.roles.some((held) => held.role === role) ?? false;
}

/** Forgets, on this device, whatever is theirs. */
export async function signOut(): Promise<void> {
  try {
    await wuwei.access.signOut({});
  } catch (thrown) {
    if (wuwei.signedIn) {
      throw thrown;
    }
    // The session had ended already.
  }

  me.value = undefined;
  forgetOwn();
  start(pages.home);
}

function forgetOwn(): void {
  [draft, texts, phone, address, owner].forEach((k) => k.remove());
}

/** What a tab of a browser shows is gone when another one signs out, or in as somebody else. */
export function followOwner(): void {
  // #ifdef H5
  window.addEventListener('storage', ({ key }) => (key === ownerKey ? location.reload() : undefined));
  // #endif
}

export const unitOf: (id: string) => Promise<Unit | undefined> =
  onceEach(async (unitId) => (await wuwei.organization.getUnit({ unitId })).unit);

/** For lists: empty when it could not be had. */
export async function nameOf(unitId: string): Promise<string> {
  return (await unitOf(unitId).catch(orNothing))?.name ?? '';
}

/** The unit and all above it, upwards. */
export async function lineOf(id: string): Promise<Unit[]> {
  const line: Unit[] = [];
  for (let unit = id ? await unitOf(id) : undefined; unit; unit = unit.parentId ? await unitOf(unit.parentId) : undefined) {
    line.push(unit);
  }

  return line;
}
