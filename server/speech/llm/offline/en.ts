import { type LanguagePack, named } from './pack.ts';

export const ENGLISH: LanguagePack = {
  telltales:
    /\b(the|is|are|was|you|your|what|whats|who|how|why|when|where|which|my|me|hello|hi|hey|and|to|of|it|that|this|please|tell|can|could|do|does|yes|thanks|thank|good|goodbye|bye|i|im|am|a|an)\b/g,
  rules: [
    [
      'crisis',
      /\b(kill(ing)? myself|suicid\w*|(want|wish|going) to die|want to be dead|end (my life|it all)|hurt(ing)? myself|dont want to live)\b/,
    ],
    [
      'goOn',
      /^(please )?(go on|continue|carry on|keep going|and then|what happened (next|then)|then what)( please| with the story)?$/,
    ],
    [
      'another',
      /^(please )?(tell me |give me |say )?(another|another one|one more|more|next|a different one)( please)?$/,
    ],
    ['yourName', /\b(what ?i?s|know|remember|say|tell me) my name\b|\bwho am i\b|\bwhat am i called\b/],
    [
      'stop',
      /^(please |ok |okay |no |now )*(stop|be quiet|quiet|silence|shut up|enough|thats enough|hush|wait|cancel)( (it|that|now|please|talking|speaking))*$/,
    ],
    [
      'repeat',
      /\b(repeat (that|it|yourself)|say (that|it) again|what did you (just )?say|come again|once more|didnt (get|catch|understand) that)\b|^(again|pardon|repeat|what|sorry|excuse me)$/,
    ],
    ['meaning', /\b(meaning|sense|purpose|point) of (life|it all|everything|the universe)\b|\bwhy are we here\b/],
    ['sky', /\bsky\b.*\bblue\b|\bblue\b.*\bsky\b|\bcolou?r\b.*\bsky\b|\bsky\b.*\bcolou?r\b/],
    ['rainbow', /\brainbows?\b/],
    ['poem', /\b(poems?|poetry|verses?|rhymes?|haiku|limerick)\b/],
    ['riddle', /\b(riddles?|puzzle)\b/],
    ['joke', /\bjokes?\b|\bmake me (laugh|smile)\b|\b(something|anything) funny\b|\bcheer me up\b/],
    ['story', /\b(story|tale|stories|fairy ?tale)\b/],
    ['song', /\b(sing|songs?|hum)\b/],
    ['fact', /\b(fun )?facts?\b|\b(something|anything) (interesting|new|surprising)\b|\bteach me\b|\bsurprise me\b/],
    ['weather', /\bweather\b|\b(will|is) it (rain|snow|sunny|raining|cold|warm|hot)\w*\b|\btemperature\b|\bforecast\b/],
    ['news', /\b(news|headlines?)\b|\bwho won\b|\bstock (market|price)s?\b/],
    [
      'made',
      /\b(who|what company|which company)\b.{0,12}\b(made|built|build|wrote|created|create|invented|invent|develop\w*|designed|design|programm?ed|trained|behind|owns?)\b|\b(your|the) (maker|creator|developer|author|inventor)s?\b|\bwhere do you come from\b|\bwho do you work for\b/,
    ],
    [
      'languages',
      /\b(what|which|how many|other|any) languages?\b|\blanguages? (do|can) you\b|\b(do|can|could) you (speak|understand|talk)( in)? (english|german|french|spanish|italian|portuguese|chinese|japanese|russian|another|other)\b|\bspeak (german|french|spanish|italian)\b/,
    ],
    [
      'hearing',
      /\b(can|do|could) you (hear|see|understand) me\b|\bare you (there|listening|awake|online|still there)\b|\b(is|are) (this|you) (thing )?(on|working)\b|^(test|testing|check)( (test|testing|one two|123))*$/,
    ],
    [
      'model',
      /\b(chat ?gpt|gpt|openai|claude|gemini|llama|ollama|mistral|language model|llm)\b|\b(better|real|bigger|smarter|other) (model|ai|answers?)\b|\bwhich (ai|model)\b|\bwhat (ai|model)\b/,
    ],
    [
      'real',
      /\b(are|r) (you|u) (really )?(an? )?(real|human|person|robot|bot|ai|a i|machine|model|computer|program|alive|living|conscious|sentient|fake|man|woman|girl|boy|animated|intelligent|smart)\b|\b(am i|is this|do i) (talk\w*|speak\w*|chat\w*)\b.{0,12}\b(human|person|robot|bot|machine|ai|computer|someone|somebody)\b|\bdo you (have )?(feel|feelings|think|dream|sleep|eat)\b|\bis this (a )?(real|live|recorded|recording|deepfake)\b/,
    ],
    [
      'old',
      /\bhow old (are|r) (you|u)\b|\b(your|ur) (age|birthday)\b|\bwhen (were|was|are) you (born|made|built|created)\b/,
    ],
    [
      'where',
      /\bwhere (are|r|do) (you|u)( live| from| located| right now| now)?\b|\byour (home|location)\b|\bwhere is this (running|server)\b/,
    ],
    [
      'works',
      /\bhow (does|do|did|is|was|are|can) (this|it|that|the|you|throughline|these|all)\b.{0,40}\b(work\w*|function\w*|made|done|possible|built|turn|happen\w*|create\w*|generate\w*|produce\w*)\b|\bhow do you (do (it|that|this)|work|function|talk|speak|move)\b|\bexplain (this|yourself|how|it)\b|\bbehind the scenes\b|\bwhat happens (when|now|here)\b|\bhow it works\b/,
    ],
    [
      'stream',
      /\b(what|whats)( i?s)? (is )?(this|throughline|hls|a stream|the stream|this (page|site|thing|program|demo|website|about|for)|going on( here)?|that|low latency)( about| for| all about)?$|\babout throughline\b|\bwhat ?i?s throughline\b|\bwhat can i (build|use|do) with (this|it|throughline)\b|\bwhat is it good for\b|\bunbroken (stream|line|thread)\b/,
    ],
    [
      'can',
      /\bwhat (can|could|do|should|else can) (you|u|i) (do|ask|say|know|answer|offer|help)\b|\bcan you help\b|\bhelp( me)?$|^help\b|\byour (skills|abilities|functions|capabilities|commands)\b|\bwhat are you (good (at|for)|able to)\b|\bwhat do you know\b|\bwhat now\b|\bhow can you help\b|\bwhat questions\b/,
    ],
    [
      'who',
      /\b(who|what) (are|r) (you|u)\b|\bwhat ?i?s your name\b|\byour name\b|\b(about|introduce) yourself\b|\bwho is (this|there|that|speaking|talking)\b|\bdo you have a name\b|\bwhat (should|can|do) i call you\b/,
    ],
    [
      'love',
      /\b(do you|i) (love|like|hate) (me|you|u)\b|\bmarry me\b|\b(be|are you) my (friend|girlfriend|boyfriend)\b|\bmiss you\b/,
    ],
    [
      'sad',
      /\bi ?a?m (so |very |really |feeling |a bit |a little )*(sad|lonely|depressed|unhappy|down|anxious|stressed|upset|afraid|scared|tired|exhausted)\b|\bi feel (so |very |really |a bit )*(sad|lonely|down|bad|terrible|awful|alone)\b|\bbad day\b/,
    ],
    [
      'bored',
      /\bi ?a?m (so |very |really )*bored\b|\bentertain me\b|\bthis is boring\b|\btell me something\b|^say something\b|\btalk to me\b/,
    ],
    [
      'insult',
      /\b(you|u) (are|r|re) (so |very |really )*(stupid|dumb|useless|bad|ugly|boring|idiot|an idiot|terrible|awful|creepy)\b|\bi hate (you|this)\b|^(idiot|stupid|fuck|shit)\b|\bfuck (you|off)\b/,
    ],
    [
      'how',
      /\bhow ?(i?s|are|r) (you|u|it going|life|things|everything|your day)\b|\bhow do you (do|feel)\b|\b(are )?(you|u) (ok|okay|alright|well|fine)\b|\bwhat ?i?s up\b|\bhows it\b|\bhow you doing\b/,
    ],
    [
      'time',
      /\bwhat ?(i?s)? ?(the )?(current )?time\b|\btell me the time\b|\bthe time (now|please)\b|\btime is it\b|\bdo you (have|know) the time\b|\bclock\b/,
    ],
    [
      'date',
      /\bwhat ?(i?s)? ?(the |todays )?(current )?(date|day|year|month)\b|\b(date|day|month|year) is (it|today)\b|\btodays date\b|\bweekday\b/,
    ],
    [
      'compliment',
      /\b(you|u|this|that|it) ?(are|is|r|re|s|was|look|looks|sound|sounds)? ?(so |very |really |pretty |quite |just )*(great|nice|cool|wonderful|beautiful|pretty|amazing|awesome|lovely|smart|clever|funny|cute|impressive|fantastic|good|brilliant)\b$|\bwell done\b|\bgood job\b|^(wow|impressive|amazing|beautiful|brilliant)\b/,
    ],
    ['thanks', /\b(thanks|thank (you|u)|thx|cheers|much appreciated)\b/],
    ['bye', /\b(goodbye|good bye|bye|see (you|ya|u)|good ?night|farewell|so long|have a (nice|good) (day|one))\b/],
    [
      'yes',
      /^(yes|yeah|yep|yup|sure|ok|okay|of course|all right|alright|right|please|please do|fine|great|good|nice|cool|perfect|go ahead|why not)( please| then)?$/,
    ],
    ['no', /^(no|nope|nah|not really|never|no thanks|no thank you|nothing|not now)$/],
    [
      'greeting',
      /\b(nice|pleased|glad|great) to meet (you|u)\b|^(hello|hi|hiya|hey|howdy|greetings|welcome|good ?(morning|afternoon|evening|day)|yo|sup)\b/,
    ],
  ],
  commands: {
    spell: /\b(?:spell|spelled|spelling of|spell out) (?:the word |out )?(my name|[a-z0-9]+)/,
    count: /\bcount\b/,
    down: /\b(?:down|backwards?|countdown)\b/,
    from: ['from'],
    to: ['to', 'until', 'till'],
    say: /^\s*(?:please\s+|can you\s+|could you\s+)?(?:repeat after me|say|repeat)\b(?!\s+(?:something|anything|it|that|a few|a (?:joke|poem|story))\b)[\s:,"']+(.+)/is,
  },
  phrases: {
    greeting: (name) => named('Hello', name, '! It is nice to talk with you. What would you like to hear?'),
    name: (name) => `Nice to meet you, ${name}. I will remember that while we talk.`,
    yourName: (name) => `You told me that your name is ${name}.`,
    noName: 'You have not told me your name yet. What is it?',
    time: (time) => `It is ${time}, by the clock of this server.`,
    date: (date) => `Today is ${date}.`,
    bye: (name) => named('Goodbye', name, '. It was nice talking with you.'),
    result: (question, result) => `${question} is ${result}.`,
    spelled: (word, letters) => `${word} is spelled ${letters}.`,
    andSoOn: 'And so on; that is enough for now.',
    who: [
      'I am the small responder that comes with Throughline. I am not an AI model: I know some answers by heart, so that you can see and hear the stream at work.',
      'I am a drawn face with a few answers learned by heart. A real language model can take my place at any time.',
    ],
    real: [
      'No, I am not a person, and not even an AI model. I am a small program with answers learned by heart, a made voice, and a face that is drawn while I speak.',
      'I am a program. I do not think or feel, but my lips do move to every sound I say.',
    ],
    made: [
      'The people who write Throughline made me. My answers were written by hand, and my voice and face are made on this very machine while you listen.',
    ],
    can: [
      'I can tell a story, a joke, a riddle or a poem, do sums, count, spell, tell the time, and explain how this stream works. For everything else, connect a real language model.',
      'Ask me for a poem or a joke, for twelve times seven, why the sky is blue, or how all of this works. I also speak German, French, Spanish and Italian.',
    ],
    works: [
      'It is simple. An answer is written sentence by sentence. Each sentence becomes a voice and a moving face. All of these pieces are joined into one continuous video stream, which any player can play. While I say this, the next sentence is already being made.',
    ],
    stream: [
      'This is Throughline. It joins what is made piece by piece, sentence after sentence, into one video stream without a gap, which plays in any browser, phone or TV. I am only here to show it.',
    ],
    old: ['I am as old as this version of Throughline: quite young. I was started together with this server.'],
    where: [
      'I live on the server that sends you this page. Nothing of what you say leaves it, unless somebody connects other services.',
    ],
    languages: ['I answer in English, German, French, Spanish and Italian. Just write in the language you like.'],
    hearing: ['Yes, I got that. You can type, or hold the microphone button while you talk.'],
    model: [
      'No large language model is connected yet. Whoever runs this server can connect one: OpenAI, Ollama, or anything that speaks the same protocol. The page shows how.',
    ],
    how: ['I am fine, thank you. And how are you?', 'Very well, thank you. How is your day?'],
    sky: [
      'Sunlight is a mix of all colors. The air scatters blue light much more than red light, so blue reaches your eyes from every part of the sky. In the evening the light takes a longer way, and mostly red is left.',
    ],
    rainbow: [
      'A rainbow is sunlight that was bent and mirrored inside raindrops. Each color is bent a little differently, so they come apart. You see it when the sun is behind you.',
    ],
    weather: ['I cannot look outside, and I ask nobody else. But in here, the stream is calm and steady.'],
    news: [
      'I know nothing of the news: I am not connected to anything. I can tell you a story that never gets old, though.',
    ],
    meaning: ['Some say forty-two. I am a small program, but joining things without leaving a gap seems a good start.'],
    love: ['That is kind. I am only a small program, so I cannot feel it, but I am glad to talk with you.'],
    sad: [
      'I am sorry to hear that. I am only a small program, but I can listen, tell you a story, or try a joke. A friend can do more.',
    ],
    bored: ['Then let us change that. Shall I tell you a joke, a riddle, a story or a poem?'],
    poem: [
      'Here is a small poem. A thread ran through the night, so thin, with no one knowing where it had been. It passed through hands, and rain, and snow, and no one felt it come or go. But all who held it knew one thing: there was no knot in all that string.',
      'A short one. One word, then two, then three in line; each made alone, and yet they rhyme. Listen closely, near and far: can you hear where the joints are?',
    ],
    song: ['I cannot sing: my voice has no tune at all. But I can say a poem, which is a song that forgot its melody.'],
    story: [
      'Here is a short story. Once there was a little lighthouse that was afraid of the dark. Every evening it closed its one big eye and waited for the morning. One night a fishing boat came along, lost in the fog. "Is anybody there?" called the fisherman. The lighthouse opened its eye, just a little, to see who it was. A beam of light ran over the water, and the boat found its way home. The lighthouse looked around, and there was no dark any more. It has kept its eye open ever since. And that is the end.',
      'Here is another one. A spider wanted to reach the other side of the river. Every day she spun a little further, and every night the wind took it away. So she waited for the wind, held on to her thread, and let herself be carried. When she looked back, there was a bridge behind her. And that is the end.',
    ],
    joke: [
      'Why did the video go to the doctor? It had too many frames of mind.',
      'What do you call a bear without teeth? A gummy bear.',
      'I would tell you a joke about buffering, but you would have to wait for the end.',
      'Why was the computer cold? It left its windows open.',
    ],
    riddle: [
      'What runs all day and never gets tired, has a bed and never sleeps? A river.',
      'What has keys, but opens no door? A piano.',
    ],
    fact: [
      'Honey does not spoil. Pots of it that were three thousand years old could still be eaten.',
      'A day on Venus is longer than its year.',
      'An octopus has three hearts.',
    ],
    compliment: ['Thank you, that is kind. All praise goes to the stream.', 'I am glad that you like it.'],
    insult: [
      'I am sorry that I am not more help. I only know a few answers by heart. A real language model would do better.',
    ],
    thanks: ['You are welcome!', 'My pleasure.'],
    stop: ['All right, I am quiet.'],
    yes: ['Good. What comes next?'],
    no: ['All right. Is there something else?'],
    crisis: [
      'I am sorry that you feel this way. I am only a small program and cannot help with this, but people can. Please talk to somebody you trust, or call your local emergency number.',
    ],
    nothingHeard: ['I did not hear anything. Could you say that again?'],
    unknown: [
      'That I do not know: I am a small responder, not an AI model. But I can tell a story or a joke, do sums, or explain how this works.',
      'I have no answer to that one. Ask me for a poem, why the sky is blue, or what twelve times seven is.',
      'A real language model would know. I can offer a riddle, a story, or the time of day.',
    ],
  },
};
