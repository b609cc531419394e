/** What the page is made of before its film is in it. No text of the record stands here. */
export const MARKUP = `<header class="top">
  <div class="brand"><svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 2v20M3.3 7l17.4 10M20.7 7 3.3 17M9 4l3 3 3-3M9 20l3-3 3 3" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/></svg><b>Icecore</b> replay</div>
  <h1 id="who"></h1>
  <button type="button" id="explain" aria-label="Keys">?</button>
</header>
<div class="middle">
  <nav aria-label="Scenes">
    <div class="tools">
      <input id="search" type="search" placeholder="Search SQL, messages, rows  /" aria-label="Search SQL, messages and rows">
      <input id="jump" type="text" placeholder="Go to 12 or 1:30  g" aria-label="Go to a statement or a time">
      <output id="found" role="status"></output>
    </div>
    <ol id="board"></ol>
  </nav>
  <main id="stage" tabindex="-1"></main>
</div>
<footer>
  <div class="line"><div id="marks" aria-hidden="true"></div><input id="slider" type="range" min="0" step="1" value="0" aria-label="Scene"></div>
  <div class="transport">
    <button type="button" id="back" aria-label="Scene before">‹</button>
    <button type="button" id="play" class="main" aria-label="Play">▶</button>
    <button type="button" id="next" aria-label="Next scene">›</button>
    <select id="speed" aria-label="Speed"><option value="0.5">0.5×</option><option value="1" selected>1×</option><option value="2">2×</option><option value="4">4×</option><option value="8">8×</option><option value="16">16×</option></select>
    <button type="button" id="bad">next denial or error</button>
    <span id="idle" role="status"></span>
    <span id="clock"></span>
  </div>
</footer>
<dialog id="help" aria-labelledby="keys">
  <h2 id="keys">Keys</h2>
  <dl>
    <dt>space</dt><dd>play, pause</dd>
    <dt>n →</dt><dd>next scene</dd>
    <dt>p ←</dt><dd>scene before</dd>
    <dt>e</dt><dd>next denial or error</dd>
    <dt>g</dt><dd>go to a statement (12) or a time (1:30)</dd>
    <dt>/</dt><dd>search; Enter finds the next</dd>
    <dt>+ -</dt><dd>speed, 0.5× to 16×</dd>
    <dt>Home End</dt><dd>first scene, last scene</dd>
  </dl>
  <p>Marks such as <code>\\u{202e}</code> or <code>␛</code> stand where the record holds a character that cannot be seen, or that would change what is seen.</p>
  <button type="button" id="close">Close</button>
</dialog>
<noscript><p class="running">The film is in this file, and is shown by a script in it.</p></noscript>`
