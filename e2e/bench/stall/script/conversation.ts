/** One answer. */
export type Turn = {
  /** From the ideal end of the answer before to the release of the first sentence: somebody asks, the generator thinks. */
  readonly pauseMs: number;
  /** How fast the generator makes sentences: media seconds per second. Below 1 no player can go on without a pause. */
  readonly speed: number;
  readonly sentences: readonly string[];
  /** After so long from the release of the first sentence the answer is interrupted; what is not heard yet is dropped. */
  readonly interruptAfterMs?: number;
};

export type Conversation = readonly Turn[];

/** A generator on one GPU of one's own. */
const QUICK = 2.5;

const GREETING: Turn = {
  pauseMs: 0,
  speed: QUICK,
  sentences: [
    'Hello, and welcome back.',
    'I have been looking at the plan that you sent me yesterday evening.',
    'It is good.',
    'There are three things I would like to talk about before we go on, if you have a moment.',
    'Shall we start?',
  ],
};
const PLAN: Turn = {
  pauseMs: 4_200,
  speed: QUICK,
  sentences: [
    'The first one is the budget, which leaves no room for anything that goes wrong.',
    'Something always goes wrong.',
    'I would set aside a tenth of it, and not touch that before the summer.',
    'The second one is the order of the work.',
    'You want to build the bridge before the road to it is there.',
  ],
};
/** Slower than real time: a shared GPU under load. */
const SLOW: Turn = {
  pauseMs: 4_800,
  speed: 0.65,
  sentences: [
    'Let me think about that for a moment.',
    'The road needs four months, and the bridge needs six.',
    'If both begin in spring, the road is ready first.',
    'Then the heavy parts can come by truck.',
    'That saves you the crane.',
  ],
};
const STORY: Turn = {
  pauseMs: 5_200,
  speed: QUICK,
  sentences: [
    'It reminds me of an old story.',
    'A man wanted to dig a well, and dug ten holes, each of them a metre deep.',
    'He found no water.',
    'His neighbour dug one hole of ten metres, and had water for the rest of his life.',
    'Nobody remembers the name of either of them.',
    'But everybody knows which of the two was thirsty.',
  ],
};
/** The listener has heard enough. */
const INTERRUPTED: Turn = {
  pauseMs: 4_000,
  speed: QUICK,
  interruptAfterMs: 7_500,
  sentences: [
    'The third thing is a little longer, so please bear with me.',
    'Every river that crosses the valley rises in April, and some of them rise again in the late autumn.',
    'The engineers of the last century knew this well, and wrote it down in a book that nobody reads.',
    'I have read it twice.',
    'It says where the water stood in each of eighty years.',
  ],
};
const SHORT_ANSWERS: Turn = {
  pauseMs: 4_500,
  speed: QUICK,
  sentences: [
    'Yes, of course.',
    'We can stop here.',
    'I will write it down for you.',
    'You can read it tomorrow.',
    'Or the day after.',
  ],
};
/** All of it at once: an answer that was made before. */
const READY: Turn = {
  pauseMs: 4_600,
  speed: 20,
  sentences: [
    'Here is the weather for the coming week, as I was told this morning.',
    'Monday will be dry, with a light wind from the west and some clouds in the afternoon.',
    'Tuesday brings rain.',
    'From Wednesday on it will be warmer every day, and by the weekend you can leave the coat at home.',
    'Take an umbrella all the same.',
  ],
};
/** Just in time: each sentence is ready shortly before it is needed. */
const JUST_IN_TIME: Turn = {
  pauseMs: 4_800,
  speed: 1.25,
  sentences: [
    'The train leaves at nine, and it takes two hours and a quarter to get there.',
    'You change once.',
    'The station is small, so you will find the other platform without any trouble.',
    'Then it is one more hour along the coast.',
    'Sit on the left side, where the sea is.',
  ],
};
const COUNTING: Turn = {
  pauseMs: 4_400,
  speed: QUICK,
  sentences: [
    'Let us go through the list once more.',
    'Two tickets.',
    'The blue folder, with the drawings of the bridge and the letter from the mayor.',
    'A pair of boots.',
    'Bread, cheese, apples, and a flask of coffee for the journey.',
    'And the keys.',
  ],
};
const FAREWELL: Turn = {
  pauseMs: 4_800,
  speed: QUICK,
  sentences: [
    'That is everything.',
    'If anything changes before Friday, I will let you know at once, whatever the hour is.',
    'Sleep well.',
    'And thank you for listening to me for so long.',
  ],
};

/** 51 sentences. */
export const FULL: Conversation = [
  GREETING,
  PLAN,
  SLOW,
  STORY,
  INTERRUPTED,
  SHORT_ANSWERS,
  READY,
  JUST_IN_TIME,
  COUNTING,
  FAREWELL,
];

const first = (turn: Turn, count: number, pauseMs: number): Turn => ({
  ...turn,
  pauseMs,
  sentences: turn.sentences.slice(0, count),
});

/** One turn of each kind, cut short. */
export const SHORT: Conversation = [
  first(GREETING, 3, 0),
  first(SLOW, 2, 2_000),
  { ...first(INTERRUPTED, 2, 2_000), interruptAfterMs: 5_000 },
  first(SHORT_ANSWERS, 3, 2_000),
];

/** What a test has the time for. */
export const MINIATURE: Conversation = [first(SHORT_ANSWERS, 3, 0)];
