/** What a control token of a chat template means for what is spoken. */
export type ControlToken =
  /** Thoughts or a call of a tool begin; what follows is not for the listener, up to the `close` of the same name. */
  | { readonly is: 'open'; readonly kind: 'thought' | 'tool'; readonly name: string }
  | { readonly is: 'close'; readonly kind: 'thought' | 'tool'; readonly name: string }
  /** A message begins; whose it is stands after it. */
  | { readonly is: 'header'; readonly isHarmony: boolean }
  | { readonly is: 'role'; readonly isAssistant: boolean; readonly isUser?: boolean }
  /** The name of a channel follows (`analysis`, `commentary`, `final`). */
  | { readonly is: 'channel' }
  | { readonly is: 'turnEnd' }
  /** A format follows, which is not spoken, up to the next token. */
  | { readonly is: 'format' }
  /** Means nothing for the listener. */
  | { readonly is: 'nothing' };

/** `partial`: more characters may make a token of it. */
export type Match = { readonly token: ControlToken; readonly length: number } | 'partial' | undefined;

/** Where a token may begin. */
export const TOKEN_START = /[<[◁]/u;

const NOTHING: ControlToken = { is: 'nothing' };
const TURN_END: ControlToken = { is: 'turnEnd' };

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/u));
}

/** `<|name|>`, with DeepSeek's full-width bars, and Gemma's `<|name>` and `<name|>`. */
const PIPED = /^<[|｜]([\p{L}\p{N}_▁/:.-]{1,48})[|｜]>/u;
const PIPED_PARTIAL = /^<(?:[|｜](?:[\p{L}\p{N}_▁/:.-]{1,48}[|｜]?)?)?$/u;
const HALF_NAMES = ['channel', 'turn', 'tool', 'tool_call', 'tool_response', 'think'];
const HALF_PIPED = new RegExp(`^<(?:\\|(${HALF_NAMES.join('|')})|(${HALF_NAMES.join('|')})\\|)>`, 'u');
/** `<think>`, `</think>`, `<function=name>`, `<invoke name="x">`, `<seed:think>`. */
const NAMESPACES = ['seed', 'minimax', 'mm'];
const TAG = /^<(\/?)(?:(?:seed|minimax|mm):)?([a-z][a-z0-9_]{0,23})([\s=][^<>]{0,100})?\/?>/i;
const TAG_PARTIAL = /^<\/?([a-z]{1,12}:)?([a-z][a-z0-9_]{0,23})?([\s=][^<>]{0,100}|\/)?$/i;
const BRACKETED =
  /^\[(\/?)(INST|THINK|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|AVAILABLE_TOOLS|SYSTEM_PROMPT|ARGS|CALL_ID)\]/u;
const BRACKETED_PARTIAL = /^\[\/?[A-Z_]{0,15}$/u;
const ANGLED: Readonly<Record<string, ControlToken>> = {
  '◁think▷': { is: 'open', kind: 'thought', name: 'think' },
  '◁/think▷': { is: 'close', kind: 'thought', name: 'think' },
  '<<SYS>>': { is: 'role', isAssistant: false },
  '<</SYS>>': NOTHING,
};

const TURN_ENDS =
  words(`im_end eot_id eom_id eot eom eos eod eog end return call endoftext end_of_text end_of_sentence end_of_turn
  end_of_turn_token end_of_message message_end turn_end endofturn role_end`);
const HEADERS = words(
  'im_start start_header_id header_start start_of_role role_start start_of_turn start_of_turn_token im_assistant im_user im_system',
);
const ASSISTANTS = words('assistant model bot ai gpt chatbot chatbot_token assistant_token');
const USERS = words('user human user_token');
const OTHERS = words(
  'user human system developer tool tools function functions observation ipython environment user_token system_token context',
);
const THOUGHTS =
  words(`think thinking thought thoughts reasoning reason reflection reflect scratchpad analysis planning plan rationale cot
  inner_thought inner_thoughts internal_thought internal_thoughts inner_monologue internal_monologue monologue chain_of_thought
  thought_process thinking_process deliberation unused94`);
const TOOLS =
  words(`tool_call tool_calls tool_code tool_use tool_response tool_result tool_results tool_output tool_outputs function_call
  function_calls function_response function_result function_results tool_calls_section tool_call_section action plugin interpreter`);
/** Tools whose tags have something inside, or are ordinary words. */
const TOOLS_WITH_NAME = words('function invoke');
/** Wrapped around an answer. */
const WRAPPERS = words(
  'answer final final_answer response s bos eos pad unk mask cls sep eot eod begin_of_text start_of_image end_of_image image_soft_token',
);

/** The control token at the beginning of a text. */
export function controlTokenAt(text: string): Match {
  const piped = PIPED.exec(text);
  if (piped) return { token: pipedToken(piped[1] ?? ''), length: piped[0].length };
  const half = HALF_PIPED.exec(text);
  if (half) return { token: halfPipedToken(half[1], half[2]), length: half[0].length };
  const bracketed = BRACKETED.exec(text);
  if (bracketed) return { token: bracketedToken(bracketed[2] ?? '', bracketed[1] !== ''), length: bracketed[0].length };
  for (const [whole, token] of Object.entries(ANGLED)) {
    if (text.startsWith(whole)) return { token, length: whole.length };
    if (whole.startsWith(text)) return 'partial';
  }
  const tag = TAG.exec(text);
  const token = tag ? tagToken(tag) : undefined;
  if (tag && token) return { token, length: tag[0].length };
  return PIPED_PARTIAL.test(text) || isPartialHalf(text) || isPartialTag(text) || BRACKETED_PARTIAL.test(text)
    ? 'partial'
    : undefined;
}

/** Whether it is the beginning of a token beyond doubt: cut off there, it is not spoken. */
export function isTokenBeginning(text: string): boolean {
  return /^<(?:[|｜].|\/?(?:think|thou|reas|tool|start_of|end_of|func)|\/s$)|^\[\/?(?:INST|THINK|TOOL)|^◁/iu.test(text);
}

/** Whose message it is, by the word after a header; `undefined` for a word that is no role. */
export function isAssistantRole(word: string): boolean | undefined {
  const role = word.toLowerCase();
  if (ASSISTANTS.has(role)) return true;
  return OTHERS.has(role) || /^functions?\./u.test(role) ? false : undefined;
}

/** The one who asks. */
export function isUserRole(word: string): boolean {
  return USERS.has(word.toLowerCase());
}

function pipedToken(written: string): ControlToken {
  const name = written.toLowerCase().replaceAll('▁', '_');
  if (TURN_ENDS.has(name)) return TURN_END;
  if (name === 'start') return { is: 'header', isHarmony: true };
  if (HEADERS.has(name)) return { is: 'header', isHarmony: false };
  if (name === 'channel') return { is: 'channel' };
  if (name === 'constrain') return { is: 'format' };
  if (name === 'python_tag') return { is: 'open', kind: 'tool', name };
  const role = isAssistantRole(name);
  if (role !== undefined) return { is: 'role', isAssistant: role, isUser: isUserRole(name) };
  return sectionToken(name) ?? NOTHING;
}

/** "begin_of_thought", "END_THINKING", "tool_calls_begin", "/think". */
function sectionToken(name: string): ControlToken | undefined {
  const isEnd = /^(?:\/|end_)|_end$/u.test(name);
  const base = name.replace(/^(?:\/|(?:begin|start|end)_(?:of_)?)|_(?:begin|start|end)$/gu, '');
  const kind = THOUGHTS.has(base) ? 'thought' : TOOLS.has(base) ? 'tool' : undefined;
  return kind && { is: isEnd ? 'close' : 'open', kind, name: base };
}

function halfPipedToken(opened: string | undefined, closed: string | undefined): ControlToken {
  const name = opened ?? closed ?? '';
  if (name === 'channel') return opened ? { is: 'channel' } : TURN_END;
  if (name === 'turn') return opened ? { is: 'header', isHarmony: false } : TURN_END;
  const kind = name === 'think' ? 'thought' : 'tool';
  return { is: opened ? 'open' : 'close', kind, name };
}

function bracketedToken(name: string, isEnd: boolean): ControlToken {
  if (name === 'INST') return { is: 'role', isAssistant: isEnd, isUser: !isEnd };
  if (name === 'SYSTEM_PROMPT') return { is: 'role', isAssistant: isEnd };
  if (name === 'ARGS' || name === 'CALL_ID') return NOTHING;
  return { is: isEnd ? 'close' : 'open', kind: name === 'THINK' ? 'thought' : 'tool', name };
}

function tagToken([whole, slash, written = '', rest]: RegExpExecArray): ControlToken | undefined {
  const name = written.toLowerCase();
  const is = slash === '/' ? 'close' : 'open';
  // It opens and closes at once.
  const isEmpty = whole.endsWith('/>');
  if (name === 'unused95') return { is: 'close', kind: 'thought', name };
  if (THOUGHTS.has(name)) return isEmpty ? NOTHING : { is, kind: 'thought', name };
  if (TOOLS.has(name) || (TOOLS_WITH_NAME.has(name) && (rest !== undefined || is === 'close')))
    return isEmpty ? NOTHING : { is, kind: 'tool', name };
  if (name === 'start_of_turn') return { is: 'header', isHarmony: false };
  if (name === 'end_of_turn') return TURN_END;
  return WRAPPERS.has(name) || /^unused\d+$/u.test(name) ? NOTHING : undefined;
}

const NAMES = [...THOUGHTS, ...TOOLS, ...TOOLS_WITH_NAME, ...WRAPPERS, 'start_of_turn', 'end_of_turn'];

/** A tag of another name is text at once: nothing waits for its end. */
function isPartialTag(text: string): boolean {
  const [, space = '', name = '', rest = ''] = TAG_PARTIAL.exec(text.toLowerCase()) ?? [];
  if (!TAG_PARTIAL.test(text) || (space !== '' && !NAMESPACES.includes(space.slice(0, -1)))) return false;
  if (rest !== '') return NAMES.includes(name) || /^unused\d+$/u.test(name);
  return (
    [...NAMES, ...(space === '' ? NAMESPACES : [])].some((known) => known.startsWith(name)) || /^unused\d*$/u.test(name)
  );
}

function isPartialHalf(text: string): boolean {
  const [, name = '', bar] = /^<([a-z_]{1,13})(\|?)$/u.exec(text) ?? [];
  return name !== '' && HALF_NAMES.some((known) => (bar === '|' ? known === name : known.startsWith(name)));
}
