/**
 * The page's `--parley-…` or what stands for it, once. Pairs of text and ground have a contrast of 4.5 or
 * more in both themes.
 */
export const THEME = /* css */ `
:host {
  --_bg: var(--parley-bg, light-dark(#ffffff, #16181d));
  --_text: var(--parley-text, light-dark(#1b1d22, #e8eaee));
  --_muted: var(--parley-muted, light-dark(#59606d, #a5adba));
  --_line: var(--parley-line, light-dark(#dfe3e8, #30343d));
  --_raised: var(--parley-raised, light-dark(#f0f2f5, #24272f));
  --_hover: color-mix(in oklab, var(--_raised), var(--_text) 7%);
  --_accent: var(--parley-accent, #2f5fd0);
  --_on-accent: var(--parley-on-accent, #ffffff);
  --_link: var(--parley-link, light-dark(color-mix(in oklab, var(--_accent), black 15%), color-mix(in oklab, var(--_accent), white 55%)));
  --_danger: var(--parley-danger, light-dark(#b3261e, #ffb4ab));
  --_radius: var(--parley-radius, 14px);
  --_font: var(--parley-font, system-ui, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', sans-serif);
  --_size: var(--parley-font-size, 15px);
  --_shadow: 0 2px 10px rgb(0 0 0 / 18%);

  color-scheme: light dark;
  display: block;
  block-size: 32rem;
  min-inline-size: 0;
  container-type: inline-size;
  overflow: hidden;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_bg);
  color: var(--_text);
  font: 400 var(--_size) / 1.45 var(--_font);
  text-align: start;
}
:host([theme='light']) { color-scheme: light; }
:host([theme='dark']) { color-scheme: dark; }
:host([hidden]) { display: none; }

*, *::before, *::after { box-sizing: border-box; }
p, h2, ul { margin: 0; padding: 0; }
ul { list-style: none; }
/* Words in the direction of their own, at the side where the layout begins. */
[dir='auto'] { text-align: -webkit-match-parent; text-align: match-parent; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button {
  border: 0;
  padding: 0;
  background: none;
  text-align: inherit;
  cursor: pointer;
  -webkit-tap-highlight-color: transparent;
}
button:disabled { cursor: default; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--_link); outline-offset: 2px; }

.root { block-size: 100%; display: flex; flex-direction: column; position: relative; }
.hidden {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.icon {
  inline-size: 1.25em;
  block-size: 1.25em;
  flex: none;
  fill: none;
  stroke: currentcolor;
  stroke-width: 1.8;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.icon-button {
  display: inline-grid;
  place-items: center;
  flex: none;
  min-inline-size: 2.25rem;
  min-block-size: 2.25rem;
  border-radius: calc(var(--_radius) * 0.6);
  color: var(--_muted);
}
.icon-button:hover { background: var(--_hover); color: var(--_text); }
.link-button { color: var(--_link); font-weight: 600; text-decoration: underline; }
.button {
  padding: 0.5rem 1rem;
  border-radius: calc(var(--_radius) * 0.6);
  background: var(--_accent);
  color: var(--_on-accent);
  font-weight: 600;
}
.faint { color: var(--_muted); font-style: italic; }

@media (prefers-reduced-motion: no-preference) {
  .spinner { animation: spin 0.9s linear infinite; }
  .skeleton-row { animation: breathe 1.6s ease-in-out infinite; }
  .banner { animation: appear 0.2s ease-out; }
}
@keyframes spin { to { transform: rotate(1turn); } }
@keyframes breathe { 50% { opacity: 0.5; } }
@keyframes appear { from { opacity: 0; } }
@keyframes reveal { from { visibility: hidden; } }
@keyframes found { from { background: color-mix(in oklab, var(--_accent) 30%, transparent); } }
`
