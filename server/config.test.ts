import { describe, expect, test } from 'vitest';
import { misspeltSettings, readConfig, weakSecrets } from './config.ts';

const faultOf = (env: Record<string, string>): string => {
  try {
    readConfig(env);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('without any setting all of them have a value or none, and an empty variable is one that is not set', () => {
  expect(readConfig({ PORT: '', API_KEY: '' })).toMatchObject({ PORT: 8080, HOST: '127.0.0.1', CORS_ORIGINS: '*' });
  expect(readConfig({}).API_KEY).toBeUndefined();
});

test('names every wrong setting at once, with what it was', () => {
  const fault = faultOf({ PORT: 'eighty', TRUST_PROXY: '10.0.0.0/99', CORS_ORIGINS: 'https://a.example, b.example' });
  for (const part of ["got 'eighty'", "got '10.0.0.0/99'", "got 'https://a.example, b.example'"])
    expect(fault).toContain(part);
});

test.each([
  ['CORS_ORIGINS', 'https://example.com/path'],
  ['API_ORIGINS', 'example.com'],
  ['EMBED_ORIGINS', 'file:///etc'],
  ['TRUST_PROXY', 'nginx'],
  ['PUBLIC_URL', 'ftp://example.com'],
  ['MAX_SESSIONS', '0'],
  ['ALLOWED_HOSTS', 'https://example.com'],
  ['ALLOWED_HOSTS', 'example.com:8080'],
  ['ALLOWED_HOSTS', 'a.example, b/c'],
])('says so when %s is %s', (name, value) => {
  expect(faultOf({ [name]: value })).toMatch(new RegExp(`^${name}: .*'${value.replaceAll('/', '.')}'`));
});

test.each([
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://a.example, http://localhost:3000/'],
  ['API_ORIGINS', 'https://a.example'],
  ['TRUST_PROXY', 'loopback, 10.0.0.0/8,fd00::/8'],
  ['ALLOWED_HOSTS', 'a.example, *.b.example,10.0.0.5, [fd00::5]'],
  ['ALLOWED_HOSTS', '*'],
])('takes %s=%s', (name, value) => {
  expect(faultOf({ [name]: value })).toBe('');
});

describe('secrets', () => {
  test.each([',', ' ', 'two words', 'schlüssel'])("that can't be sent as '%s' are refused, and not repeated", (key) => {
    expect(faultOf({ API_KEY: key })).toBe('API_KEY: a key has printable ASCII characters without blanks or commas');
  });

  test('that are easily guessed are named, each with the reason', () => {
    const strong = '0f7a2c91be5d4c3fa4d1';
    const config = readConfig({ API_KEY: `secret,${strong}`, PLAYBACK_SECRET: 'change-me-change-me' });
    expect(weakSecrets(config)).toEqual([
      { name: 'API_KEY', reason: 'it has 6 characters, fewer than 16', isGuessable: true },
      { name: 'PLAYBACK_SECRET', reason: 'it is made of common words, repetitions or sequences', isGuessable: true },
    ]);
    expect(weakSecrets(readConfig({ API_KEY: strong }))).toEqual([]);
  });
});

describe('variables that resemble settings', () => {
  test.each([
    ['API_KEYS', 'API_KEY'],
    ['APIKEY', 'API_KEY'],
    ['api_key', 'API_KEY'],
    ['API_KYE', 'API_KEY'],
    ['MAX_SESSION', 'MAX_SESSIONS'],
    ['DATADIR', 'DATA_DIR'],
    ['DATA_DIRECTORY', 'DATA_DIR'],
    ['OPENAI_BASEURL', 'OPENAI_BASE_URL'],
    ['OPENAI_API_BASE', 'OPENAI_BASE_URL'],
    ['OPENAI_BASE', 'OPENAI_BASE_URL'],
    ['LLM_MODEL_NAME', 'LLM_MODEL'],
    ['STT_MODEL', 'ASR_MODEL'],
    ['PLAYBACK_SECRETS', 'PLAYBACK_SECRET'],
    ['PLAYBACK_SECERT', 'PLAYBACK_SECRET'],
    ['PLAYBAK_SECRET', 'PLAYBACK_SECRET'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['ALLOWED_HOST', 'ALLOWED_HOSTS'],
    ['TRUST_PROXIES', 'TRUST_PROXY'],
    ['PUBLICURL', 'PUBLIC_URL'],
    ['RATELIMIT', 'RATE_LIMIT'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['PROT', 'PORT'],
    ['port', 'PORT'],
    ['MAX_CHUNK', 'MAX_CHUNK_BYTES'],
    ['TTS_MODELS', 'TTS_MODEL'],
    ['AVATAR_URI', 'AVATAR_URL'],
    ['THROUGHLINE_API_KEY', 'API_KEY'],
    ['FFMPEGPATH', 'FFMPEG_PATH'],
  ])('%s: did you mean %s?', (name, meant) => {
    expect(misspeltSettings({ [name]: 'x' })).toEqual([{ name, meant }]);
  });

  test('are not those of other programs, nor our own, nor empty ones', () => {
    const foreign =
      'HOME PATH PWD OLDPWD SHELL SHLVL USER LOGNAME LANG LC_ALL LANGUAGE TERM COLORTERM EDITOR VISUAL PAGER HOSTNAME HOSTTYPE MACHTYPE ' +
      'OSTYPE TMPDIR TEMP TMP DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR XDG_DATA_DIRS XDG_CONFIG_HOME SSH_AUTH_SOCK SSH_CONNECTION SSH_TTY ' +
      'NODE_ENV NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NVM_DIR npm_config_port npm_package_name npm_lifecycle_event INIT_CWD CI DEBUG ' +
      'FORCE_COLOR NO_COLOR OPENAI_ORG_ID OPENAI_ORGANIZATION OPENAI_PROJECT_ID OPENAI_LOG ANTHROPIC_API_KEY GROQ_API_KEY XAI_API_KEY ' +
      'GEMINI_API_KEY AZURE_OPENAI_API_KEY HF_TOKEN HF_HOME AWS_REGION AWS_ACCESS_KEY_ID GOOGLE_APPLICATION_CREDENTIALS HTTP_PROXY ' +
      'HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy PGHOST PGPORT PGDATA MYSQL_HOST REDIS_URL REDIS_PORT DATABASE_URL KUBERNETES_PORT ' +
      'KUBERNETES_SERVICE_HOST AVATAR_SERVICE_HOST TTS_PORT LLM_PORT_8000_TCP_ADDR LLM_SERVICE_PORT TZ PYTHONPATH VIRTUAL_ENV ' +
      'PYTHONIOENCODING ENCODING MAIL HISTSIZE PS1 _ container JAVA_HOME GOPATH CARGO_HOME LD_LIBRARY_PATH NOTIFY_SOCKET INVOCATION_ID ' +
      'JOURNAL_STREAM SYSTEMD_EXEC_PID DBUS_SESSION_BUS_ADDRESS CUDA_VISIBLE_DEVICES OLLAMA_HOST OLLAMA_MODELS VLLM_PORT';
    const env = Object.fromEntries(foreign.split(' ').map((name) => [name, 'x']));
    expect(misspeltSettings(env)).toEqual([]);
    expect(misspeltSettings({ PORT: '1', HOST: 'x', API_KEYS: '' })).toEqual([]);
    expect(misspeltSettings(process.env)).toEqual([]);
  });
});
