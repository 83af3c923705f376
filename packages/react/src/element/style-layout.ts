/** The panes: rooms, conversation, notes in place of them, and the banner. */
export const LAYOUT = /* css */ `
.note {
  flex: 1;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 0.5rem;
  padding: 2rem 1.5rem;
  text-align: center;
}
.note-title { font-weight: 600; }
.note-hint { color: var(--_muted); max-inline-size: 26rem; }
.note .button { margin-block-start: 0.5rem; }
.spinner {
  inline-size: 1.5rem;
  block-size: 1.5rem;
  border: 2px solid var(--_line);
  border-block-start-color: var(--_accent);
  border-radius: 50%;
}

.banner {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 0.75rem;
  justify-content: center;
  padding: 0.4rem 0.75rem;
  border-block-end: 1px solid var(--_line);
  background: var(--_raised);
  font-size: 0.9em;
  text-align: center;
}
.banner[data-status='ended'] { color: var(--_danger); }

.split { flex: 1; min-block-size: 0; display: grid; grid-template-columns: minmax(12rem, 18rem) 1fr; }
.pane { min-inline-size: 0; min-block-size: 0; display: flex; }
.rooms {
  min-block-size: 0;
  display: flex;
  flex-direction: column;
  overflow-y: auto;
  border-inline-end: 1px solid var(--_line);
}
.rooms-title { padding: 0.85rem 1rem 0.5rem; font-size: 1em; font-weight: 700; }
.rooms-list { padding: 0 0.5rem 0.5rem; }
.room {
  inline-size: 100%;
  display: flex;
  align-items: center;
  gap: 0.7rem;
  padding: 0.5rem;
  border-radius: calc(var(--_radius) * 0.7);
}
.room:hover { background: var(--_raised); }
.room[aria-current] { background: var(--_hover); }
.room:focus-visible { outline-offset: -2px; }
.room-words { flex: 1; min-inline-size: 0; display: grid; }
.room-name { font-weight: 600; }
.room-name, .room-latest { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.room-latest { color: var(--_muted); font-size: 0.88em; }
.badge {
  flex: none;
  min-inline-size: 1.5em;
  padding: 0.05em 0.5em;
  border-radius: 1em;
  background: var(--_accent);
  color: var(--_on-accent);
  font-size: 0.8em;
  font-weight: 700;
  text-align: center;
}

.avatar {
  --_hue: 0;
  flex: none;
  display: grid;
  place-items: center;
  inline-size: 2.25rem;
  block-size: 2.25rem;
  overflow: hidden;
  border-radius: 50%;
  background: light-dark(hsl(var(--_hue) 65% 88%), hsl(var(--_hue) 35% 28%));
  color: light-dark(hsl(var(--_hue) 60% 24%), hsl(var(--_hue) 75% 88%));
  font-weight: 700;
  user-select: none;
}
.avatar img { inline-size: 100%; block-size: 100%; object-fit: cover; }
.avatar[data-hue='1'] { --_hue: 35; }
.avatar[data-hue='2'] { --_hue: 80; }
.avatar[data-hue='3'] { --_hue: 150; }
.avatar[data-hue='4'] { --_hue: 190; }
.avatar[data-hue='5'] { --_hue: 220; }
.avatar[data-hue='6'] { --_hue: 265; }
.avatar[data-hue='7'] { --_hue: 320; }

.conversation { flex: 1; min-inline-size: 0; min-block-size: 0; position: relative; display: flex; flex-direction: column; }
.header {
  display: flex;
  align-items: center;
  gap: 0.6rem;
  min-block-size: 3rem;
  padding: 0.4rem 1rem;
  border-block-end: 1px solid var(--_line);
}
.title { flex: 0 1 auto; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 1.05em; }
.members { flex: none; color: var(--_muted); font-size: 0.85em; }
.back { display: none; margin-inline-start: -0.5rem; }
:dir(rtl) > .back .icon, :dir(rtl) > .send .icon { transform: scaleX(-1); }
.drop {
  position: absolute;
  inset: 0.5rem;
  display: grid;
  place-items: center;
  border: 2px dashed var(--_link);
  border-radius: var(--_radius);
  background: var(--_bg);
  font-weight: 600;
  pointer-events: none;
}

@container (max-width: 35rem) {
  .split { grid-template-columns: 1fr; }
  .split[data-view='room'] .rooms, .split[data-view='rooms'] .pane { display: none; }
  .rooms { border-inline-end: 0; }
  .back { display: inline-grid; }
}
`
