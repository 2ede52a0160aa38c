/** Languages the offline responder has phrases in. */
export type OfflineLanguage = 'en' | 'de' | 'fr' | 'es';

export type Phrases = {
  readonly greeting: (name: string | undefined) => string;
  readonly who: string;
  readonly how: string;
  readonly works: string;
  readonly name: (name: string) => string;
  readonly yourName: (name: string) => string;
  readonly noName: string;
  readonly time: (time: string) => string;
  readonly date: (date: string) => string;
  readonly result: (question: string, result: string) => string;
  readonly story: string;
  readonly joke: readonly string[];
  readonly thanks: string;
  readonly bye: (name: string | undefined) => string;
  readonly stop: string;
  readonly yes: string;
  readonly no: string;
  /** To somebody who speaks of harming themselves: no joke, no reflection. */
  readonly crisis: string;
  readonly nothingHeard: string;
  readonly unknown: readonly string[];
  readonly notice: string;
};

const named = (before: string, name: string | undefined, after: string): string =>
  `${before}${name === undefined ? '' : `, ${name}`}${after}`;

export const PHRASES: Readonly<Record<OfflineLanguage, Phrases>> = {
  en: {
    greeting: (name) => named('Hello', name, '! It is nice to talk with you. What would you like to hear?'),
    who: 'I am a small responder built into this server. I am not an AI model: I know a few dozen answers by heart, so that you can see the stream at work.',
    how: 'I am fine, thank you. And how are you?',
    works:
      'It is simple. An answer is written sentence by sentence. Each sentence becomes a voice and a moving face. All of these pieces are joined into one continuous video stream, which any player can play. While I say this, the next sentence is already being made.',
    name: (name) => `Nice to meet you, ${name}. I will remember that while we talk.`,
    yourName: (name) => `You told me that your name is ${name}.`,
    noName: 'You have not told me your name yet. What is it?',
    time: (time) => `It is ${time}, by the clock of this server.`,
    date: (date) => `Today is ${date}.`,
    result: (question, result) => `${question} is ${result}.`,
    story:
      'Here is a short story. Once there was a little lighthouse that was afraid of the dark. Every evening it closed its one big eye and waited for the morning. One night a fishing boat came along, lost in the fog. "Is anybody there?" called the fisherman. The lighthouse opened its eye, just a little, to see who it was. A beam of light ran over the water, and the boat found its way home. The lighthouse looked around, and there was no dark any more. It has kept its eye open ever since. And that is the end.',
    joke: [
      'Why did the video go to the doctor? It had too many frames of mind.',
      'What do you call a bear without teeth? A gummy bear.',
      'I would tell you a joke about buffering, but you would have to wait for the end.',
      'Why was the computer cold? It left its windows open.',
    ],
    thanks: 'You are welcome!',
    bye: (name) => named('Goodbye', name, '. It was nice talking with you.'),
    stop: 'All right, I am quiet.',
    yes: 'Good. What comes next?',
    no: 'All right. Is there something else?',
    crisis:
      'I am sorry that you feel this way. I am only a small program and cannot help with this, but people can. Please talk to somebody you trust, or call your local emergency number.',
    nothingHeard: 'I did not hear anything. Could you say that again?',
    unknown: [
      'I am afraid that is beyond me. I can tell a story or a joke, do sums, count, spell, and tell the time.',
      'I do not know that. But ask me for a story, or for twelve times seven.',
      'That I cannot answer. Would you like to hear how this stream works instead?',
    ],
    notice:
      'By the way, no language model is set up yet, so my answers are simple ones. Set OPENAI_BASE_URL and LLM_MODEL, and I will be much better company.',
  },
  de: {
    greeting: (name) => named('Hallo', name, '! Schön, mit dir zu sprechen. Was möchtest du hören?'),
    who: 'Ich bin ein kleines Antwortprogramm, das in diesem Server steckt. Ich bin kein KI-Modell: Ich kenne ein paar Antworten auswendig, damit man den Stream sehen kann.',
    how: 'Mir geht es gut, danke. Und dir?',
    works:
      'Das ist einfach. Eine Antwort entsteht Satz für Satz. Jeder Satz wird zu einer Stimme und einem bewegten Gesicht. Alle diese Stücke werden zu einem einzigen Videostrom verbunden, den jeder Player abspielen kann. Während ich das sage, entsteht schon der nächste Satz.',
    name: (name) => `Freut mich, ${name}. Das merke ich mir, solange wir sprechen.`,
    yourName: (name) => `Du hast gesagt, dass du ${name} heißt.`,
    noName: 'Du hast mir deinen Namen noch nicht gesagt. Wie heißt du?',
    time: (time) => `Es ist ${time} Uhr, nach der Uhr dieses Servers.`,
    date: (date) => `Heute ist ${date}.`,
    result: (question, result) => `${question} ist ${result}.`,
    story:
      'Hier ist eine kurze Geschichte. Es war einmal ein kleiner Leuchtturm, der sich im Dunkeln fürchtete. Jeden Abend schloss er sein großes Auge und wartete auf den Morgen. Eines Nachts kam ein Fischerboot, das sich im Nebel verirrt hatte. Der Leuchtturm öffnete sein Auge ein wenig, um zu sehen, wer da war. Ein Lichtstrahl lief über das Wasser, und das Boot fand nach Hause. Seitdem hält er sein Auge offen. Und das ist das Ende.',
    joke: [
      'Was ist orange und geht über die Berge? Eine Wanderine.',
      'Was macht ein Pirat am Computer? Er drückt die Enter-Taste.',
    ],
    thanks: 'Gern geschehen!',
    bye: (name) => named('Auf Wiedersehen', name, '. Es war schön, mit dir zu sprechen.'),
    stop: 'In Ordnung, ich bin still.',
    yes: 'Gut. Und was kommt jetzt?',
    no: 'In Ordnung. Möchtest du etwas anderes?',
    crisis:
      'Es tut mir leid, dass es dir so geht. Ich bin nur ein kleines Programm und kann dabei nicht helfen, aber Menschen können es. Bitte sprich mit jemandem, dem du vertraust, oder ruf den Notruf an.',
    nothingHeard: 'Ich habe nichts gehört. Kannst du das noch einmal sagen?',
    unknown: [
      'Das weiß ich leider nicht. Ich kann eine Geschichte oder einen Witz erzählen, rechnen und die Uhrzeit sagen.',
      'Darauf habe ich keine Antwort. Aber frag mich nach einer Geschichte oder nach der Uhrzeit.',
    ],
    notice:
      'Übrigens ist noch kein Sprachmodell eingerichtet, darum sind meine Antworten einfach. Mit OPENAI_BASE_URL und LLM_MODEL bin ich viel bessere Gesellschaft.',
  },
  fr: {
    greeting: (name) => named('Bonjour', name, ' ! Je suis content de parler avec vous. Que voulez-vous entendre ?'),
    who: "Je suis un petit programme de réponses intégré à ce serveur. Je ne suis pas un modèle d'intelligence artificielle : je connais quelques réponses par cœur, pour que l'on voie le flux.",
    how: 'Je vais bien, merci. Et vous ?',
    works:
      "C'est simple. Une réponse est écrite phrase par phrase. Chaque phrase devient une voix et un visage qui bouge. Tous ces morceaux sont réunis en un seul flux vidéo continu, que tout lecteur peut lire. Pendant que je parle, la phrase suivante se prépare déjà.",
    name: (name) => `Enchanté, ${name}. Je m'en souviendrai pendant notre conversation.`,
    yourName: (name) => `Vous m'avez dit que vous vous appelez ${name}.`,
    noName: "Vous ne m'avez pas encore dit votre nom. Comment vous appelez-vous ?",
    time: (time) => `Il est ${time}, à l'horloge de ce serveur.`,
    date: (date) => `Nous sommes le ${date}.`,
    result: (question, result) => `${question} égale ${result}.`,
    story:
      "Voici une petite histoire. Il était une fois un petit phare qui avait peur du noir. Chaque soir, il fermait son grand œil et attendait le matin. Une nuit, un bateau de pêche arriva, perdu dans le brouillard. Le phare ouvrit un peu son œil pour voir qui était là. Un rayon de lumière courut sur l'eau, et le bateau retrouva son port. Depuis, le phare garde son œil ouvert. Et c'est la fin.",
    joke: [
      'Que fait une fraise sur un cheval ? Tagada, tagada, tagada.',
      'Quel est le comble pour un électricien ? De ne pas être au courant.',
    ],
    thanks: 'Avec plaisir !',
    bye: (name) => named('Au revoir', name, '. Parler avec vous était un plaisir.'),
    stop: "D'accord, je me tais.",
    yes: 'Très bien. Et maintenant ?',
    no: "D'accord. Voulez-vous autre chose ?",
    crisis:
      "Je suis désolé que vous vous sentiez ainsi. Je ne suis qu'un petit programme et ne peux pas vous aider, mais des personnes le peuvent. Parlez à quelqu'un de confiance, ou appelez les urgences.",
    nothingHeard: "Je n'ai rien entendu. Pouvez-vous répéter ?",
    unknown: [
      "Je ne sais pas répondre à cela. Je peux raconter une histoire ou une blague, calculer et donner l'heure.",
      "Cela me dépasse. Mais demandez-moi une histoire, ou l'heure qu'il est.",
    ],
    notice:
      "Au fait, aucun modèle de langage n'est encore configuré, et mes réponses restent simples. Avec OPENAI_BASE_URL et LLM_MODEL, je serai de bien meilleure compagnie.",
  },
  es: {
    greeting: (name) => named('Hola', name, '. Me alegra hablar contigo. ¿Qué te gustaría oír?'),
    who: 'Soy un pequeño programa de respuestas incluido en este servidor. No soy un modelo de inteligencia artificial: sé algunas respuestas de memoria, para que se vea la transmisión.',
    how: 'Estoy bien, gracias. ¿Y tú?',
    works:
      'Es sencillo. Una respuesta se escribe frase por frase. Cada frase se convierte en una voz y una cara que se mueve. Todas estas piezas se unen en un solo vídeo continuo, que cualquier reproductor puede mostrar. Mientras digo esto, la frase siguiente ya se está preparando.',
    name: (name) => `Encantado, ${name}. Lo recordaré mientras hablamos.`,
    yourName: (name) => `Me has dicho que te llamas ${name}.`,
    noName: 'Todavía no me has dicho tu nombre. ¿Cómo te llamas?',
    time: (time) => `Son las ${time}, según el reloj de este servidor.`,
    date: (date) => `Hoy es ${date}.`,
    result: (question, result) => `${question} es ${result}.`,
    story:
      'Aquí va un cuento corto. Había una vez un pequeño faro que tenía miedo de la oscuridad. Cada noche cerraba su gran ojo y esperaba la mañana. Una noche llegó un barco de pesca, perdido en la niebla. El faro abrió un poco su ojo para ver quién era. Un rayo de luz corrió sobre el agua, y el barco encontró el camino a casa. Desde entonces, el faro mantiene su ojo abierto. Y este es el final.',
    joke: ['¿Qué hace una abeja en el gimnasio? Zumba.', '¿Qué le dice un pez a otro pez? Nada.'],
    thanks: '¡De nada!',
    bye: (name) => named('Adiós', name, '. Ha sido un placer hablar contigo.'),
    stop: 'De acuerdo, me callo.',
    yes: 'Bien. ¿Y ahora?',
    no: 'De acuerdo. ¿Quieres otra cosa?',
    crisis:
      'Siento que te sientas así. Solo soy un pequeño programa y no puedo ayudarte con esto, pero hay personas que sí. Habla con alguien de confianza, o llama a emergencias.',
    nothingHeard: 'No he oído nada. ¿Puedes repetirlo?',
    unknown: [
      'Eso no lo sé. Puedo contar un cuento o un chiste, hacer cuentas y decir la hora.',
      'A eso no sé responder. Pero pídeme un cuento, o pregúntame la hora.',
    ],
    notice:
      'Por cierto, todavía no hay ningún modelo de lenguaje configurado, y por eso mis respuestas son sencillas. Con OPENAI_BASE_URL y LLM_MODEL seré mucho mejor compañía.',
  },
};

/** How each notice begins: whoever was told this much knows. */
export const NOTICE_STARTS = Object.values(PHRASES).map(({ notice }) => notice.slice(0, notice.indexOf(',', 20)));
