import { describe, expect, it } from 'vitest';
import { chatModels, saysItCanNotChat } from './chat-models.ts';

const listOf = (...items: (string | object)[]) => ({
  object: 'list',
  data: items.map((item) => (typeof item === 'string' ? { id: item, object: 'model' } : item)),
});

describe('the first model', () => {
  it.each([
    // Embeddings and rerankers.
    ...[
      'all-minilm:latest',
      'all-MiniLM-L6-v2',
      'bge-m3',
      'BAAI/bge-large-en-v1.5',
      'gte-large',
      'thenlper/gte-base',
      'e5-mistral',
    ],
    ...[
      'intfloat/multilingual-e5-large-instruct',
      'nomic-embed-text:v1.5',
      'text-embedding-nomic-embed-text-v1.5',
      'mxbai-embed-large',
    ],
    ...[
      'snowflake-arctic-embed2',
      'text-embedding-3-small',
      'embeddinggemma',
      'jina-embeddings-v3',
      'paraphrase-multilingual',
    ],
    ...[
      'granite-embedding:30m',
      'qwen3-embedding:0.6b',
      'voyage-3',
      'bge-reranker-v2-m3',
      'jina-reranker-v2',
      'gtr-t5-xl',
      'LaBSE',
    ],
    ...[
      'mixedbread-ai/mxbai-rerank-large-v1',
      'sentence-transformers/sentence-t5-base',
      'nomic-bert-2048',
      'colbertv2',
      'm3e-base',
    ],
    // Voices and ears.
    ...[
      'kokoro',
      'hexgrad/Kokoro-82M',
      'piper',
      'en_US-amy-medium.piper',
      'tts-1',
      'gpt-4o-mini-tts',
      'xtts_v2',
      'suno/bark',
      'orpheus-3b',
    ],
    ...[
      'whisper-1',
      'whisper-large-v3-turbo',
      'Systran/faster-whisper-small',
      'gpt-4o-transcribe',
      'parakeet-tdt-0.6b',
      'speecht5',
    ],
    ...['gpt-4o-realtime-preview', 'musicgen-small', 'playai-tts', 'canary-1b', 'wav2vec2-base', 'f5-tts'],
    // Pictures and films.
    ...[
      'stable-diffusion-xl',
      'stabilityai/stable-diffusion-3.5-large',
      'sdxl-turbo',
      'sd3.5',
      'black-forest-labs/FLUX.1-schnell',
      'flux',
    ],
    ...[
      'dall-e-3',
      'imagen-4.0-generate',
      'models/veo-3.0',
      'sora-2',
      'gpt-image-1',
      'clip-vit-base-patch32',
      'openclip',
      'siglip',
    ],
    ...['qwen-image', 'dreamshaper-8', 'blip-image-captioning'],
    // Judges.
    ...[
      'llama-guard3:8b',
      'meta-llama/Llama-Guard-4-12B',
      'shieldgemma',
      'granite3-guardian',
      'omni-moderation-latest',
      'text-moderation',
    ],
    ...['prompt-guard-86m', 'davinci-002', 'babbage-002', 'models/aqa', 'armo-reward-model'],
  ])('is not %s', (name) => expect(chatModels(listOf(name, 'llama3.2'))).toEqual(['llama3.2', name]));

  it.each([
    ...[
      'llama3.2:latest',
      'qwen2.5:7b-instruct',
      'gemma3:4b',
      'mistral-nemo',
      'deepseek-r1:8b',
      'phi4',
      'gpt-oss:20b',
      'o3-mini',
    ],
    ...[
      'claude-sonnet-4',
      'gemini-2.5-flash',
      'command-r',
      'granite3.3',
      'smollm2',
      'tinyllama',
      'qwen2-vl',
      'llava',
      'glm-4.6',
      'kimi-k2',
    ],
    ...[
      'hermes3',
      'wizardlm2',
      'solar-pro',
      'falcon3',
      'dolphin3',
      'starling-lm',
      'mixtral-8x7b',
      'nous-hermes',
      'exaone3.5',
      'minicpm-v',
    ],
    ...[
      'gpt-4o',
      'gpt-4.1-mini',
      'Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf',
      '/models/model.gguf',
      'local-model',
      'influx',
      'sampler-7b',
    ],
    ...['openbarking', 'voxtral-mini', 'clippy', 'stellarium'],
  ])('may be %s', (name) => expect(chatModels(listOf(name, 'other'))[0]).toBe(name));

  it.each<[string, object]>([
    ['LM Studio', { id: 'x', type: 'embeddings' }],
    ['Together', { id: 'x', type: 'image' }],
    ['Xinference', { id: 'x', model_type: 'rerank' }],
    ['Hugging Face', { id: 'x', task: 'text-to-speech' }],
    ['another task', { id: 'x', pipeline_tag: 'automatic-speech-recognition' }],
    ['LiteLLM', { id: 'x', mode: 'audio_transcription' }],
    ['Cohere', { id: 'x', endpoints: ['embed', 'classify'] }],
    ['Mistral', { id: 'x', capabilities: { completion_chat: false, fine_tuning: true } }],
    ['Fireworks', { id: 'x', supports_chat: false }],
    ['llama.cpp', { id: 'x', capabilities: ['embedding'] }],
    ['OpenRouter', { id: 'x', architecture: { output_modalities: ['image'] } }],
  ])('is none that the list says can not chat: %s', (_, item) => expect(chatModels(listOf(item, 'y'))).toEqual(['y']));

  it.each<object>([
    { id: 'bge-chat', type: 'llm' },
    { id: 'clip', type: 'vlm' },
    { id: 'whisper-writer', capabilities: ['completion', 'vision'] },
    { id: 'flux', endpoints: ['embed', 'chat'] },
    { id: 'tts', task: 'image-text-to-text' },
    { id: 'e5', capabilities: { completion_chat: true } },
    { id: 'sora', architecture: { output_modalities: ['text', 'image'] } },
  ])('is one that the list says can chat, whatever its name: %j', (item) =>
    expect(chatModels(listOf(item, 'y'))[0]).not.toBe('y'),
  );
});

it.each<[string, unknown, string[]]>([
  ['OpenAI', listOf('a', 'b', 'a'), ['a', 'b']],
  ['a bare list', [{ id: 'a' }, { id: 'b' }], ['a', 'b']],
  ['Ollama', { models: [{ name: 'a:latest', model: 'a:latest' }] }, ['a:latest']],
  ['names alone', { data: ['a', 'b'] }, ['a', 'b']],
  ['nothing', {}, []],
  ['null', null, []],
  ['what is no list', { data: { id: 'a' } }, []],
  ['entries of all sorts', { data: [null, 5, {}, { id: 7 }, { id: '' }, [], { id: 'a' }] }, ['a']],
])('reads the list of %s', (_, list, ids) => expect(chatModels(list)).toEqual(ids));

it.each([
  ['"all-minilm" does not support chat', true],
  ['"embeddinggemma" does not support generate', true],
  ['embedding models do not support chat', true],
  ['This is not a chat model and thus not supported in the v1/chat/completions endpoint.', true],
  ['The model does not support Chat Completions API', true],
  ['This server does not support completions. Start it without `--embeddings`', true],
  ['The model `whisper-large-v3` does not support chat completions', true],
  ['Model bge-m3 is not an LLM', true],
  ['rpc error: code = Unimplemented desc = Method not implemented', true],
  ['model "bge" is an embedding model', true],
  ['context length exceeded', false],
  ['this model does not support tools', false],
  ["model 'x' not found, try pulling it first", false],
  ['Loading model', false],
  ['The server does not support your account', false],
])('hears in %j that a model can not chat: %s', (reason, is) => expect(saysItCanNotChat(reason)).toBe(is));

it('is quick with any name', () => {
  const names = ['a'.repeat(5000), '-'.repeat(5000), 'bert'.repeat(2000), 'embe'.repeat(2000)];
  expect(chatModels(listOf(...names))).toHaveLength(4);
});
