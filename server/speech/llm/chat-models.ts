import { fieldOf } from '../../lib/json-field.ts';

/** Fields in which servers tell what a model is for: Together, LM Studio, Xinference, Hugging Face, LiteLLM, Cohere, OpenRouter. */
const PURPOSE_FIELDS = ['type', 'model_type', 'task', 'tasks', 'pipeline_tag', 'mode', 'endpoints', 'capabilities'];
/** In these fields, what can chat. */
const CHATS =
  /chat|^(?:llm|vlm|language|code|generate|instruct)$|completion|text-generation|text2text|text-to-text|conversation/i;
/** In these fields, what can do something else only. */
const OTHER =
  /embed|rerank|image|video|audio|speech|tts|asr|transcri|recognition|moderation|classif|similarity|feature-extraction|ocr/i;

/**
 * Families that can't chat, by name: embeddings and rerankers; voices, music and recognition; pictures and films; judges of content. They
 * stand in names as words of their own, with a version or a size behind them.
 */
const NO_CHAT_FAMILIES = [
  ...[
    '\\w*embed\\w*',
    '\\w*rerank\\w*',
    'all-minilm',
    '\\w*minilm',
    'bge',
    'gte',
    'gtr',
    'e\\d',
    'mxbai',
    'nomic-bert',
    'voyage',
  ],
  ...[
    'sbert',
    '\\w*bert',
    'labse',
    'paraphrase',
    'sentence-t\\d',
    'stella',
    'uae',
    'splade',
    'colbert\\w*',
    'colpali',
    'instructor',
    'm3e',
    'arctic',
  ],
  ...[
    'whisper',
    'parakeet',
    'canary',
    'wav2vec\\d?',
    'transcribe',
    '\\w*asr',
    '\\w*stt',
    'kokoro',
    'piper',
    'bark',
    'realtime',
    'csm',
  ],
  ...[
    '\\w*tts',
    'orpheus',
    'chatterbox',
    'fish-speech',
    'speech',
    'speecht\\d',
    'audio',
    'melo',
    'parler',
    'vits',
    'voice',
    'musicgen',
    'audiogen',
    'vibevoice',
  ],
  ...[
    'stable-diffusion',
    '\\w*diffusion',
    'sdxl',
    'sd\\d',
    'sd-turbo',
    'flux',
    'dall-e',
    'dalle',
    'imagen',
    'kandinsky',
    'pixart',
  ],
  ...[
    'gpt-image',
    'qwen-image',
    'dreamshaper',
    'playground-v\\d',
    'midjourney',
    'cogview',
    'sora',
    'veo',
    'cogvideo\\w*',
    'ltx-video',
  ],
  ...[
    'hunyuanvideo',
    'svd',
    'clip',
    'openclip',
    'siglip',
    'blip',
    'dino\\w*',
    'sam',
    'yolo\\w*',
    'depth-anything',
    '\\w*ocr',
    'image',
    'video',
    'upscale\\w*',
  ],
  ...['\\w*guard', 'guardian', 'shieldgemma', 'moderation', 'reward', 'classifier', 'davinci', 'babbage', 'aqa'],
];
const NO_CHAT_NAME = new RegExp(`(?<![a-z0-9])(?:${NO_CHAT_FAMILIES.join('|')})(?![a-z])`, 'i');

/** Refusals of servers whose model can't chat: Ollama, OpenAI, vLLM, llama.cpp, LM Studio, Xinference, Groq. */
const CAN_NOT_CHAT =
  /(?:not|n[o'’]t) support (?:the )?(?:\/?v1\/)?(?:chat|generat|completion|text)|not a chat model|not (?:an? )?(?:llm|chat|text generation|generative|language)\b|not supported in the v1\/chat|(?:is|with) an? (?:embedding|rerank\w*|speech|image|audio|moderation)|unimplemented|cannot be used (?:for|with) chat/i;

/** Whether a refusal says that this model can't chat: another one may. */
export function saysItCanNotChat(reason: string): boolean {
  return CAN_NOT_CHAT.test(reason);
}

/**
 * Names of models that a server lists, those that can chat first, as far as the list or their names tell; in its order otherwise. What the
 * list says can't chat is left out; what only looks so comes last.
 *
 * @param list - The answer to `GET /models`: OpenAI's and Ollama's forms, and a bare list.
 */
export function chatModels(list: unknown): string[] {
  const [sure, unlikely]: [string[], string[]] = [[], []];
  for (const item of itemsIn(list)) {
    const id = idOf(item);
    const purpose = purposeOf(item);
    if (id === undefined || purpose === 'other') continue;
    if (purpose === 'chat' || !NO_CHAT_NAME.test(id)) sure.push(id);
    else unlikely.push(id);
  }
  return [...new Set([...sure, ...unlikely])];
}

function itemsIn(list: unknown): readonly unknown[] {
  const candidates = [list, fieldOf(list, 'data'), fieldOf(list, 'models')];
  return candidates.find((value): value is unknown[] => Array.isArray(value) && value.length > 0) ?? [];
}

function idOf(item: unknown): string | undefined {
  const id = [item, fieldOf(item, 'id'), fieldOf(item, 'name'), fieldOf(item, 'model')].find(
    (value) => typeof value === 'string' && value !== '',
  );
  return typeof id === 'string' ? id : undefined;
}

function purposeOf(item: unknown): 'chat' | 'other' | undefined {
  const capabilities = fieldOf(item, 'capabilities');
  const supports = [
    fieldOf(item, 'supports_chat'),
    fieldOf(capabilities, 'completion_chat'),
    fieldOf(capabilities, 'chat'),
  ];
  if (supports.includes(true)) return 'chat';
  if (supports.includes(false)) return 'other';
  const words = PURPOSE_FIELDS.flatMap((name) => wordsIn(fieldOf(item, name)));
  if (words.some((word) => CHATS.test(word))) return 'chat';
  if (words.some((word) => OTHER.test(word))) return 'other';
  const outputs = wordsIn(fieldOf(fieldOf(item, 'architecture'), 'output_modalities'));
  if (outputs.length === 0) return undefined;
  return outputs.includes('text') ? 'chat' : 'other';
}

/** A text, a list of them, or the names that are true. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter((word) => typeof word === 'string');
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).filter((name) => fieldOf(value, name) === true);
}
