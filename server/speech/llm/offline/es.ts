import { type LanguagePack, named } from './pack.ts';

export const SPANISH: LanguagePack = {
  telltales:
    /\b(hola|buenos|buenas|gracias|que|como|quien|cuentame|cuenta|adios|llamo|llamas|eres|soy|estas|estoy|el|la|los|las|una|un|por|para|puedes|puede|hacer|haces|hace|dime|cual|cuando|donde|cuantos?|cuantas?|porque|funciona|esto|eso|si|hora|cielo|azul|chiste|cuento|poema|hablas|hablar|mi|tu|te|me|ayuda|favor|dia|vamos|muy|bien|es)\b/g,
  rules: [
    ['crisis', /\b(suicid\w*|matarme|quiero morir|morirme|quitarme la vida|no quiero vivir)\b/],
    ['goOn', /^(sigue|continua|y despues|y luego|que paso despues|prosigue)( por favor)?$/],
    ['another', /^(otro|otra|otro mas|otra mas|uno mas|una mas|mas)( por favor)?$/],
    [
      'yourName',
      /\bcomo me llamo\b|\bcual es mi nombre\b|\bquien soy( yo)?\b|\bmi nombre\b.*\brecuerd\w*\b|\b(sabes|recuerdas|di) mi nombre\b/,
    ],
    [
      'stop',
      /^(por favor )?(para|parate|basta|alto|silencio|callate|espera|stop|ya basta|detente|calla)( por favor| ya)?$/,
    ],
    [
      'repeat',
      /\b(repite|repitelo|puedes repetir|otra vez|que has dicho|que dijiste|no (te )?(entendi|he entendido|entiendo))\b|^(perdon|como|que)$/,
    ],
    ['meaning', /\bsentido de la vida\b|\bpor que estamos aqui\b/],
    ['sky', /\bcielo\b.*\bazul\w*\b|\bazul\w*\b.*\bcielo\b|\bcolor\b.*\bcielo\b/],
    ['rainbow', /\barco ?iris\b/],
    ['poem', /\b(poemas?|poesias?|versos?|rimas?|haiku)\b/],
    ['riddle', /\b(adivinanzas?|acertijos?|enigmas?)\b/],
    ['joke', /\bchistes?\b|\bhazme reir\b|\balgo (gracioso|divertido)\b|\bbromas?\b|\banimame\b/],
    ['story', /\b(cuentos?|historias?|relato)\b/],
    ['song', /\b(canta\w*|canciones|cancion)\b/],
    ['fact', /\b(algo (interesante|nuevo|curioso)|dato curioso|dato interesante|curiosidad\w*|sorprendeme|ensename)\b/],
    ['weather', /\b(clima|tiempo (hace|hara)|que tiempo|llueve|nieva|temperatura|va a llover)\b/],
    ['news', /\b(noticias|novedades|titulares|quien gano)\b/],
    [
      'made',
      /\bquien(es)?\b.{0,20}\b(hizo|hicieron|creo|crearon|creado|hecho|construyo|desarroll\w*|programo|invento|diseno|escribio|detras)\b|\b(tu|tus) (creador|creadores|inventor|desarrollador\w*|autor|fabricante)\w*\b|\bde donde (eres|vienes)\b|\bpor quien fuiste\b/,
    ],
    [
      'languages',
      /\b(que|cuales|cuantos|otros) (idiomas|lenguas|idioma)\b|\bidiomas (hablas|sabes|puedes)\b|\b(hablas|sabes|puedes hablar|entiendes) (tambien )?(en )?(espanol|ingles|aleman|frances|italiano|otro)\b/,
    ],
    [
      'hearing',
      /\b(me (oyes|escuchas|entiendes|ves)|puedes (oirme|escucharme|entenderme|verme)|estas (ahi|aqui|despierto|despierta))\b|^(prueba|probando|test)\b/,
    ],
    [
      'model',
      /\b(chat ?gpt|gpt|openai|ollama|llama|mistral|gemini|modelo de lenguaje|llm)\b|\b(mejor|otro|que|verdadero) modelo\b|\bque (ia|inteligencia)\b/,
    ],
    [
      'real',
      /\b(eres|es usted|seras) (realmente |de verdad )?(una? )?(real\w*|human\w*|persona|robot|bot|maquina|ia|i a|inteligencia artificial|ordenador|computadora|programa|viv\w*|hombre|mujer|de verdad|inteligente|list\w*)\b|\bestoy hablando con (un|una)\b|\bhablo con (un|una)\b|\btienes sentimientos\b|\b(piensas|suenas|duermes|sientes)\b|\bes(to)? (en directo|en vivo|real|grabado)\b/,
    ],
    [
      'old',
      /\b(cuantos anos|que edad)\b|\btu (edad|cumpleanos)\b|\bcuando (naciste|fuiste cread\w*|te (hicieron|crearon))\b/,
    ],
    ['where', /\bdonde (estas|vives|te encuentras|esta usted)\b/],
    [
      'works',
      /\bcomo (funciona\w*|se hace|lo haces|haces|es posible|esta hecho|se (crea|genera|produce)|trabajas|hablas)\b.{0,40}$|\bexplica(me|lo|nos)?\b|\bque (pasa|ocurre|sucede) (aqui|ahora)\b/,
    ],
    [
      'stream',
      /\bque es (esto|eso|throughline|hls|un stream|esta|este)\b|\bpara que sirve\b|\bde que (se )?trata\b|\bque hace throughline\b/,
    ],
    [
      'can',
      /\bque (puedes|sabes|haces|puedo|sabe|puede|podrias)( tu| usted)?\b|\b(puedes|podrias|me puedes) ayudar\w*\b|^(ayuda|ayudame|socorro)\b|\bayudame\b|\btus (capacidades|funciones|habilidades)\b|\bque (te|le) puedo preguntar\b|\ben que (me )?puedes\b/,
    ],
    [
      'who',
      /\b(quien|que) (eres|es usted|sos)\b|\bcomo te llamas\b|\bcomo se llama\b|\b(tu|su) nombre\b|\bpresentate\b|\bhablame de ti\b|\btienes nombre\b|\bquien (habla|esta ahi)\b/,
    ],
    ['love', /\b(me (amas|quieres|odias)|te (amo|quiero|echo de menos|extrano)|casate conmigo|mi amig\w*)\b/],
    [
      'sad',
      /\b(estoy|me siento) (tan |muy |un poco |bastante )*(triste|sol[oa]|deprimid\w*|mal|cansad\w*|estresad\w*|infeliz|agobiad\w*)\b|\bmal dia\b/,
    ],
    ['bored', /\b(estoy|me) (muy |tan )?aburr\w*\b|\bentretenme\b|\bdi algo\b|\bcuentame algo$|\bdime algo$/],
    [
      'insult',
      /\beres (tan |muy |un |una )*(tont\w*|estupid\w*|inutil|fe[oa]|idiota|aburrid\w*|mal[oa])\b|\bte odio\b|^(idiota|mierda|imbecil)\b/,
    ],
    [
      'how',
      /\bcomo (estas|esta|te va|te encuentras|te sientes|andas|va|va todo|va tu dia)\b|\bque tal\b|\btodo bien\b/,
    ],
    ['time', /\bque hora\w*\b|\bla hora\b/],
    ['date', /\bque (dia|fecha|mes|ano)\b|\bla fecha\b|\ba cuantos estamos\b/],
    [
      'compliment',
      /\b(eres|es|esto es|estas|esta|fue|te ves|suenas) (tan |muy |realmente |bien )*(genial|increible|bonit\w*|guap\w*|bueno|buena|impresionante|divertid\w*|list[oa]|inteligente|simpatic\w*|maravillos\w*|fantastic\w*|chulo|lindo|linda)\b|^(guau|wow|genial|increible|impresionante|estupendo|bravo|fantastico)\b|\bbien hecho\b/,
    ],
    ['thanks', /\bgracias\b/],
    [
      'bye',
      /\b(adios|hasta (luego|pronto|manana|la vista)|buenas noches|chao|chau|nos vemos|que tengas un buen dia)\b/,
    ],
    [
      'yes',
      /^(si|claro|vale|de acuerdo|ok|okay|por supuesto|bueno|perfecto|adelante|por que no)( por favor| gracias| que si)?$/,
    ],
    ['no', /^(no|nunca|ahora no|nada)( gracias)?$/],
    ['greeting', /^(hola|buenos dias|buenas tardes|buenas|buen dia|saludos|hey|hello|encantad\w*|mucho gusto)\b/],
  ],
  commands: {
    spell: /\b(?:deletrea|deletreame|deletrear)(?: (?:la palabra|por favor))* (mi nombre|[a-z0-9]+)/,
    count: /\bcuenta(?:me)? (?:del?|hasta|desde|hacia)\b|\bcontar\b/,
    down: /\b(?:atras|reves)\b/,
    from: ['de', 'del', 'desde'],
    to: ['a', 'al', 'hasta'],
    say: /^\s*(?:por favor,?\s+)?(?:repite conmigo|repite después de mí|di|repite)\b[\s:,"'«]+(?!algo\b|mi\b)(.+)/is,
  },
  phrases: {
    greeting: (name) => named('Hola', name, '. Me alegra hablar contigo. ¿Qué te gustaría oír?'),
    name: (name) => `Encantado, ${name}. Lo recordaré mientras hablamos.`,
    yourName: (name) => `Me has dicho que te llamas ${name}.`,
    noName: 'Todavía no me has dicho tu nombre. ¿Cómo te llamas?',
    time: (time) => `Son las ${time}, según el reloj de este servidor.`,
    date: (date) => `Hoy es ${date}.`,
    bye: (name) => named('Adiós', name, '. Ha sido un placer hablar contigo.'),
    result: (question, result) => `${question} es ${result}.`,
    spelled: (word, letters) => `${word} se deletrea ${letters}.`,
    andSoOn: 'Y así sucesivamente; por ahora basta.',
    who: [
      'Soy el pequeño programa de respuestas que viene con Throughline. No soy un modelo de inteligencia artificial: sé algunas respuestas de memoria, para que se vea y se oiga la transmisión.',
      'Soy una cara dibujada con unas pocas respuestas aprendidas. Un modelo de lenguaje de verdad puede ocupar mi lugar en cualquier momento.',
    ],
    real: [
      'No, no soy una persona, ni siquiera un modelo de inteligencia artificial. Soy un pequeño programa con respuestas aprendidas, una voz sintética y una cara que se dibuja mientras hablo.',
    ],
    made: [
      'Me hicieron quienes escriben Throughline. Mis respuestas se escribieron a mano, y mi voz y mi cara se crean en esta máquina mientras escuchas.',
    ],
    can: [
      'Puedo contar un cuento, un chiste, una adivinanza o un poema, hacer cuentas, decir la hora y explicar cómo funciona esta transmisión. Para todo lo demás hace falta un modelo de lenguaje de verdad.',
      'Pídeme un poema, pregúntame cuánto es doce por siete, por qué el cielo es azul o cómo funciona todo esto. También hablo inglés, alemán, francés e italiano.',
    ],
    works: [
      'Es sencillo. Una respuesta se escribe frase por frase. Cada frase se convierte en una voz y una cara que se mueve. Todas estas piezas se unen en un solo vídeo continuo, que cualquier reproductor puede mostrar. Mientras digo esto, la frase siguiente ya se está preparando.',
    ],
    stream: [
      'Esto es Throughline. Une lo que se hace pieza por pieza en un solo vídeo sin cortes, que se ve en cualquier navegador, teléfono o televisor. Yo solo estoy aquí para mostrarlo.',
    ],
    old: ['Tengo la edad de esta versión de Throughline: todavía soy muy joven. Arranqué junto con este servidor.'],
    where: [
      'Vivo en el servidor que te envía esta página. Lo que dices se queda allí, mientras nadie conecte otros servicios.',
    ],
    languages: ['Respondo en español, inglés, alemán, francés e italiano. Escribe en la lengua que prefieras.'],
    hearing: ['Sí, me ha llegado. Puedes escribir, o mantener pulsado el botón del micrófono mientras hablas.'],
    model: [
      'Todavía no hay ningún gran modelo de lenguaje conectado. Quien lleva este servidor puede conectar uno: OpenAI, Ollama o cualquiera que hable igual. La página muestra cómo.',
    ],
    how: ['Estoy bien, gracias. ¿Y tú?', 'Muy bien, gracias. ¿Qué tal tu día?'],
    sky: [
      'La luz del sol es una mezcla de todos los colores. El aire dispersa mucho más el azul que el rojo, y por eso el azul nos llega de todo el cielo. Al atardecer la luz recorre un camino más largo, y queda sobre todo el rojo.',
    ],
    rainbow: [
      'Un arcoíris es luz del sol doblada y reflejada dentro de gotas de lluvia. Cada color se dobla un poco distinto. Se ve cuando el sol está a la espalda.',
    ],
    weather: ['No puedo mirar afuera, y no pregunto a nadie. Pero aquí dentro la transmisión está en calma.'],
    news: ['No sé nada de las noticias: no estoy conectado a nada. Pero conozco un cuento que nunca envejece.'],
    meaning: [
      'Algunos dicen que cuarenta y dos. Soy un pequeño programa, pero unir las cosas sin dejar huecos parece un buen comienzo.',
    ],
    love: ['Qué amable. Solo soy un pequeño programa y no siento nada, pero me alegra hablar contigo.'],
    sad: [
      'Lo siento mucho. Solo soy un pequeño programa, pero puedo contarte un cuento o intentar un chiste. Un amigo puede más.',
    ],
    bored: ['Eso tiene arreglo. ¿Quieres un chiste, una adivinanza, un cuento o un poema?'],
    poem: [
      'Aquí va un pequeño poema. Un hilo cruzaba la noche al pasar, tan fino que nadie lo pudo mirar. Pasó por las manos, la lluvia y el viento, y nunca un nudo rompió su aliento. Quien lo tocaba sabía al final: no tiene costura, es siempre igual.',
    ],
    song: ['No sé cantar: mi voz no tiene melodía. Pero puedo recitar un poema.'],
    story: [
      'Aquí va un cuento corto. Había una vez un pequeño faro que tenía miedo de la oscuridad. Cada noche cerraba su gran ojo y esperaba la mañana. Una noche llegó un barco de pesca, perdido en la niebla. El faro abrió un poco su ojo para ver quién era. Un rayo de luz corrió sobre el agua, y el barco encontró el camino a casa. Desde entonces, el faro mantiene su ojo abierto. Y este es el final.',
    ],
    joke: [
      '¿Qué hace una abeja en el gimnasio? Zumba.',
      '¿Qué le dice un pez a otro pez? Nada.',
      '¿Cuál es el colmo de un electricista? No encontrar su corriente de trabajo.',
    ],
    riddle: ['¿Qué tiene cama y nunca duerme? El río.', '¿Qué tiene dientes y no muerde? El peine.'],
    fact: [
      'La miel no se estropea. Se ha encontrado miel de hace tres mil años que aún se podía comer.',
      'En Venus, un día dura más que un año.',
      'Un pulpo tiene tres corazones.',
    ],
    compliment: ['Gracias, qué amable. Todo el mérito es de la transmisión.', 'Me alegro de que te guste.'],
    insult: [
      'Siento no ser de más ayuda. Solo sé unas pocas respuestas de memoria. Un modelo de lenguaje de verdad lo haría mejor.',
    ],
    thanks: ['¡De nada!', 'Con mucho gusto.'],
    stop: ['De acuerdo, me callo.'],
    yes: ['Bien. ¿Y ahora?'],
    no: ['De acuerdo. ¿Quieres otra cosa?'],
    crisis: [
      'Siento que te sientas así. Solo soy un pequeño programa y no puedo ayudarte con esto, pero hay personas que sí. Habla con alguien de confianza, o llama a emergencias.',
    ],
    nothingHeard: ['No he oído nada. ¿Puedes repetirlo?'],
    unknown: [
      'Eso no lo sé: soy un pequeño programa de respuestas, no un modelo de inteligencia artificial. Pero puedo contar un cuento o un chiste, hacer cuentas, o explicar cómo funciona esto.',
      'A eso no sé responder. Pídeme un poema, o pregúntame por qué el cielo es azul, o qué hora es.',
      'Un modelo de lenguaje de verdad lo sabría. Yo puedo ofrecer una adivinanza, un cuento o un chiste.',
    ],
  },
};
