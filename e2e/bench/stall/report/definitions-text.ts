/** The definitions of README.md, for who has the report alone. */
export const DEFINITIONS = `<ul>
<li><b>Stalled sentence</b>: it stood still for more than 100 ms after it had begun (no new picture, or a hole in its sound), or it began
more than 100 ms later than it could have.</li>
<li><b>Late</b>: a sentence can begin once the one ahead of it has shown its last picture, and not before its release plus the player's own
latency: what nine of ten first sentences of answers keep in that run, or what its own answer began with, whichever is longer. The
first sentence of an answer is never late: it has a latency.</li>
<li><b>Rebuffering</b>: the sum of all such standing still and all such lateness.</li>
<li><b>Join</b>: of two sentences of one answer, the second of which was released at least 1 s before the first would end on a screen
without latency. <b>Picture gap</b>: the time from the last picture of one to the first of the next, less one frame; counted when it is
longer than a refresh of the display (17 ms). <b>Sound at joins</b>: from the sample after the last of one to the first of the next.</li>
<li><b>Skipped, repeated</b>: pictures that were never on screen, or again after a later one; samples that were never heard, or twice.</li>
<li><b>Latency</b>: from the release to the first picture on screen, of the first sentence of each answer.</li>
<li><b>First picture</b>: of the page, from the navigation on.</li>
<li>Sentences that were interrupted or dropped count in none of these.</li>
</ul>`;
