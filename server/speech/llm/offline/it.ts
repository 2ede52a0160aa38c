import { type LanguagePack, named } from './pack.ts';

export const ITALIAN: LanguagePack = {
  telltales:
    /\b(ciao|salve|buongiorno|buonasera|buona|grazie|chi|che|cosa|come|perche|quando|dove|quanti|quante|quale|quali|sei|sono|stai|sto|mi|ti|io|il|lo|gli|una|uno|un|della|di|del|raccontami|racconta|dimmi|puoi|fai|fare|funziona|questo|questa|per|favore|ore|cielo|blu|azzurro|barzelletta|storia|poesia|parli|arrivederci|si|chiami|chiamo|aiuto|aiutami|anni|hai|non|e)\b/g,
  rules: [
    [
      'crisis',
      /\b(suicid\w*|uccidermi|ammazzarmi|voglio morire|togliermi la vita|farla finita|non voglio (piu )?vivere)\b/,
    ],
    ['goOn', /^(continua|vai avanti|prosegui|e poi|e dopo|cosa succede dopo)( per favore)?$/],
    [
      'another',
      /^((ancora )?(un altro|un altra|uno in piu|una in piu)|ancora|ancora (uno|una)|altro|altra)( per favore)?$/,
    ],
    ['yourName', /\bcome mi chiamo\b|\bqual e il mio nome\b|\bchi sono( io)?\b|\b(sai|ricordi) il mio nome\b/],
    [
      'stop',
      /^(per favore )?(basta|fermati|fermo|stop|silenzio|zitto|zitta|taci|aspetta|smettila)( per favore| ora| adesso)?$/,
    ],
    [
      'repeat',
      /\b(ripeti|puoi ripetere|ripetilo|cosa hai detto|che hai detto|ancora una volta|non ho capito|di nuovo)\b|^(scusa|come|prego|cosa|eh)$/,
    ],
    ['meaning', /\bsenso della vita\b|\bsignificato della vita\b|\bperche siamo qui\b/],
    ['sky', /\bcielo\b.*\b(blu|azzurro|celeste)\b|\b(blu|azzurro|celeste)\b.*\bcielo\b|\bcolore\b.*\bcielo\b/],
    ['rainbow', /\barcobalen\w*\b/],
    ['poem', /\b(poesi\w*|vers[oi]|rim[ae]|poema|haiku|filastrocc\w*)\b/],
    ['riddle', /\b(indovinell\w*|enigm\w*)\b/],
    ['joke', /\b(barzellett\w*|battut\w*|scherz\w*)\b|\bfammi ridere\b|\bqualcosa di (divertente|buffo)\b/],
    ['story', /\b(storia|storie|fiab\w*|favol\w*|racconto|racconti)\b/],
    ['song', /\b(canta\w*|canzon\w*)\b/],
    [
      'fact',
      /\b(qualcosa di (interessante|nuovo|curioso)|curiosita|fatto (curioso|interessante)|sorprendimi|insegnami|lo sapevi)\b/,
    ],
    ['weather', /\b(che tempo|meteo|tempo (fa|fara)|piove|nevica|temperatura)\b/],
    ['news', /\b(notizi\w*|novita|chi ha vinto)\b/],
    [
      'made',
      /\bchi\b.{0,20}\b(fatto|creato|creata|costruit\w*|sviluppat\w*|programmat\w*|inventat\w*|scritto|progettat\w*|dietro)\b|\b(tuo|tuoi) (creator\w*|inventor\w*|sviluppator\w*|autor\w*)\b|\bda dove vieni\b|\bdi dove sei\b|\bda chi sei\b/,
    ],
    [
      'languages',
      /\b(quali|quante|che|altre) lingu[ea]\b|\blingue (parli|sai|conosci)\b|\b(parli|sai|conosci|puoi parlare|capisci) (anche )?(in )?(l )?(italiano|inglese|tedesco|francese|spagnolo|altre)\b/,
    ],
    [
      'hearing',
      /\b(mi (senti|ascolti|vedi|capisci)|puoi (sentirmi|vedermi|capirmi)|ci sei|sei (li|qui|sveglio|sveglia))\b|^(prova|test)\b/,
    ],
    [
      'model',
      /\b(chat ?gpt|gpt|openai|ollama|llama|mistral|gemini|modello linguistico|modello di linguaggio|llm)\b|\b(miglior\w*|altro|quale|vero|che) modello\b|\bquale (ia|intelligenza)\b/,
    ],
    [
      'real',
      /\b(sei|e lei) (davvero |veramente )?(una? |un )?(reale|ver[oa]|uman[oa]|essere umano|persona|robot|bot|macchina|ia|i a|intelligenza artificiale|computer|programma|viv[oa]|uomo|donna|intelligente)\b|\bsto parlando con (un|una)\b|\bparlo con (un|una)\b|\bhai (dei )?sentimenti\b|\b(pensi|sogni|dormi|provi)\b|\be (in diretta|dal vivo|vero|registrat\w*)\b/,
    ],
    ['old', /\bquanti anni\b|\b(la tua eta|tuo compleanno)\b|\bquando sei nat\w*\b|\bche eta\b/],
    ['where', /\bdove (sei|vivi|abiti|ti trovi)\b/],
    [
      'works',
      /\bcome (funzion\w*|si fa|fai|lo fai|e possibile|e fatto|viene|nasce|lavori|parli)\b.{0,40}$|\bspiega(mi|melo|ci)?\b|\bcosa succede (qui|ora|adesso)\b|\bdietro le quinte\b/,
    ],
    [
      'stream',
      /\b(che cosa|cosa|che) (e|sarebbe) (questo|questa|quest|throughline|hls|uno stream|qui|sta)\b|\b(cos|cosa) e\b|\ba (che )?cosa serve\b|\bdi cosa si tratta\b|\bcosa fa throughline\b|\bche cos e\b/,
    ],
    [
      'can',
      /\b(che )?(cosa|che) (sai|puoi|posso|fai|potresti|sa)\b|\bpuoi aiutarmi\b|\bmi puoi aiutare\b|\bmi aiuti\b|^(aiuto|aiutami)\b|\baiutami\b|\b(le tue|tue) (capacita|funzioni|abilita)\b|\bcosa (ti )?posso (chiedere|dire|fare)\b/,
    ],
    [
      'who',
      /\b(chi|cosa|che cosa|che) (sei|siete|e lei)\b|\bcome ti chiami\b|\bcome si chiama\b|\b(tuo|suo) nome\b|\bpresentati\b|\bparlami di te\b|\bhai un nome\b|\bchi parla\b/,
    ],
    ['love', /\b(mi (ami|vuoi bene|odi)|ti (amo|voglio bene)|sposami|mi manchi|mio amico|mia amica)\b/],
    [
      'sad',
      /\b(sono|mi sento) (cosi |molto |tanto |un po )*(triste|sol[oa]|depress\w*|giu|male|stanc\w*|stressat\w*|infelice)\b|\bbrutta giornata\b|\bsto male\b/,
    ],
    [
      'bored',
      /\bmi annoio\b|\bche noia\b|\bsono annoiat\w*\b|\bintrattienimi\b|\bdi qualcosa\b|\b(raccontami|dimmi) qualcosa$/,
    ],
    [
      'insult',
      /\bsei (cosi |molto |un |una |proprio )*(stupid\w*|scem\w*|inutile|brutt\w*|idiota|noios\w*)\b|\bti odio\b|^(idiota|stupido|merda|scemo)\b/,
    ],
    [
      'how',
      /\bcome (stai|sta|va|ti senti|te la passi|butta)\b|\btutto bene\b|\btutto ok\b|\bcome va la (tua )?giornata\b/,
    ],
    ['time', /\bche or[ae]\b|\bl ora\b|\bche ore sono\b/],
    ['date', /\bche (giorno|data|mese|anno)\b|\bla data\b|\bquanti ne abbiamo\b|\bquale giorno\b/],
    [
      'compliment',
      /\b(sei|e|questo e|era|suoni|sembri) (cosi |molto |davvero |veramente |proprio )*(bell\w*|brav\w*|fantastic\w*|incredibile|grande|simpatic\w*|intelligente|divertente|carin\w*|meraviglios\w*|forte|gentile|impressionante)\b|^(wow|bello|fantastico|incredibile|bravo|brava|grande|ottimo|forte)\b|\bben fatto\b/,
    ],
    ['thanks', /\bgrazie\b/],
    [
      'bye',
      /\b(arrivederci|addio|a presto|a domani|buona ?notte|ci vediamo|buona giornata|alla prossima)\b|^ciao ciao$/,
    ],
    [
      'yes',
      /^(si|certo|va bene|d accordo|ok|okay|certamente|volentieri|perfetto|perche no|esatto|bene)( grazie| per favore)?$/,
    ],
    ['no', /^(no|mai|non ora|niente|non adesso)( grazie)?$/],
    ['greeting', /^(ciao|salve|buongiorno|buon giorno|buonasera|buona sera|buon pomeriggio|ehi|hey|hello|piacere)\b/],
  ],
  commands: {
    spell: /\b(?:scandisci|sillaba|compita|fai lo spelling di)(?: (?:la parola|per favore))* (il mio nome|[a-z0-9]+)/,
    count: /\bconta(?:re)?\b/,
    down: /\b(?:rovescia|indietro)\b/,
    from: ['da', 'dal'],
    to: ['a', 'al', 'fino'],
    say: /^\s*(?:per favore,?\s+)?(?:ripeti dopo di me|ripeti con me|di'|dì|ripeti)(?![\p{L}])[\s:,"'«]+(.+)/isu,
  },
  phrases: {
    greeting: (name) => named('Ciao', name, '! Mi fa piacere parlare con te. Che cosa vuoi sentire?'),
    name: (name) => `Piacere, ${name}. Me lo ricorderò mentre parliamo.`,
    yourName: (name) => `Mi hai detto che ti chiami ${name}.`,
    noName: 'Non mi hai ancora detto come ti chiami. Qual è il tuo nome?',
    time: (time) => `Sono le ${time}, secondo l'orologio di questo server.`,
    date: (date) => `Oggi è ${date}.`,
    bye: (name) => named('Arrivederci', name, '. È stato un piacere parlare con te.'),
    result: (question, result) => `${question} fa ${result}.`,
    spelled: (word, letters) => `${word} si scrive ${letters}.`,
    andSoOn: 'E così via; per ora basta.',
    who: [
      'Sono il piccolo programma di risposte che arriva con Throughline. Non sono un modello di intelligenza artificiale: so a memoria alcune risposte, perché si possa vedere e sentire lo stream.',
      'Sono un volto disegnato con qualche risposta imparata a memoria. Un vero modello linguistico può prendere il mio posto in qualsiasi momento.',
    ],
    real: [
      'No, non sono una persona, e nemmeno un modello di intelligenza artificiale. Sono un piccolo programma con risposte imparate, una voce sintetica e un volto disegnato mentre parlo.',
    ],
    made: [
      'Mi hanno fatto le persone che scrivono Throughline. Le mie risposte sono scritte a mano, e la voce e il volto nascono su questa macchina mentre ascolti.',
    ],
    can: [
      'Posso raccontare una storia, una barzelletta, un indovinello o una poesia, fare i conti, dire che ore sono e spiegare come funziona questo stream. Per tutto il resto serve un vero modello linguistico.',
      'Chiedimi una poesia, quanto fa dodici per sette, perché il cielo è blu o come funziona tutto questo. Parlo anche inglese, tedesco, francese e spagnolo.',
    ],
    works: [
      'È semplice. Una risposta viene scritta frase per frase. Ogni frase diventa una voce e un volto che si muove. Tutti questi pezzi sono uniti in un unico video continuo, che qualsiasi lettore può mostrare. Mentre dico questo, la frase seguente si sta già preparando.',
    ],
    stream: [
      'Questo è Throughline. Unisce ciò che nasce pezzo per pezzo in un unico video senza interruzioni, che si vede in ogni browser, telefono o televisore. Io sono qui solo per mostrarlo.',
    ],
    old: [
      'Ho la stessa età di questa versione di Throughline: sono molto giovane. Sono partito insieme a questo server.',
    ],
    where: [
      'Vivo sul server che ti manda questa pagina. Quello che dici resta lì, finché nessuno collega altri servizi.',
    ],
    languages: ['Rispondo in italiano, inglese, tedesco, francese e spagnolo. Scrivi nella lingua che preferisci.'],
    hearing: ['Sì, è arrivato. Puoi scrivere, oppure tenere premuto il pulsante del microfono mentre parli.'],
    model: [
      'Non è ancora collegato nessun grande modello linguistico. Chi gestisce questo server può collegarne uno: OpenAI, Ollama o qualsiasi altro che parli allo stesso modo. La pagina mostra come.',
    ],
    how: ['Sto bene, grazie. E tu?', 'Molto bene, grazie. Come va la tua giornata?'],
    sky: [
      "La luce del sole è un miscuglio di tutti i colori. L'aria diffonde il blu molto più del rosso, e perciò il blu ci arriva da tutto il cielo. La sera la luce fa una strada più lunga, e resta soprattutto il rosso.",
    ],
    rainbow: [
      "L'arcobaleno è luce del sole piegata e riflessa dentro le gocce di pioggia. Ogni colore si piega in modo un po' diverso. Si vede quando il sole è alle spalle.",
    ],
    weather: ['Non posso guardare fuori, e non chiedo a nessuno. Ma qui dentro lo stream scorre calmo.'],
    news: ['Non so nulla delle notizie: non sono collegato a niente. Ma conosco una storia che non invecchia mai.'],
    meaning: [
      'Alcuni dicono quarantadue. Io sono un piccolo programma, ma unire le cose senza lasciare vuoti mi sembra un buon inizio.',
    ],
    love: ['Sei gentile. Sono solo un piccolo programma e non provo nulla, ma sono contento di parlare con te.'],
    sad: [
      'Mi dispiace. Sono solo un piccolo programma, ma posso raccontarti una storia o provare una barzelletta. Un amico può fare di più.',
    ],
    bored: ['Rimediamo subito. Vuoi una barzelletta, un indovinello, una storia o una poesia?'],
    poem: [
      'Ecco una piccola poesia. Un filo correva nel buio lontano, sottile e leggero, di mano in mano. Passò tra la pioggia, la neve ed il vento, e mai si spezzò, neppure un momento. Chi lo toccava lo seppe alla fine: non ha né nodi, né un confine.',
    ],
    song: ['Non so cantare: la mia voce non ha melodia. Ma posso recitare una poesia.'],
    story: [
      "Ecco una breve storia. C'era una volta un piccolo faro che aveva paura del buio. Ogni sera chiudeva il suo grande occhio e aspettava il mattino. Una notte arrivò una barca di pescatori, persa nella nebbia. Il faro aprì un poco l'occhio per vedere chi fosse. Un raggio di luce corse sull'acqua, e la barca trovò la via di casa. Da allora il faro tiene l'occhio aperto. E questa è la fine.",
    ],
    joke: [
      'Che cosa fa un gallo in mezzo al mare? Galleggia.',
      'Qual è il colmo per un elettricista? Non essere al corrente.',
      "Che cosa dice un muro a un altro muro? Ci vediamo all'angolo.",
    ],
    riddle: ['Ha il letto ma non dorme mai: che cos’è? Il fiume.', 'Ha i denti ma non morde: che cos’è? Il pettine.'],
    fact: [
      'Il miele non va a male. Quello di tremila anni fa si poteva ancora mangiare.',
      'Su Venere un giorno dura più di un anno.',
      'Un polpo ha tre cuori.',
    ],
    compliment: ['Grazie, sei gentile. Il merito è tutto dello stream.', 'Mi fa piacere.'],
    insult: [
      'Mi dispiace di non essere più utile. So soltanto alcune risposte a memoria. Un vero modello linguistico farebbe meglio.',
    ],
    thanks: ['Prego!', 'È un piacere.'],
    stop: ["D'accordo, sto zitto."],
    yes: ['Bene. E adesso?'],
    no: ["D'accordo. Vuoi qualcos'altro?"],
    crisis: [
      'Mi dispiace che tu stia così. Sono solo un piccolo programma e non posso aiutarti in questo, ma le persone possono. Parla con qualcuno di cui ti fidi, o chiama il numero di emergenza.',
    ],
    nothingHeard: ['Non ho sentito nulla. Puoi ripetere?'],
    unknown: [
      'Questo non lo so: sono un piccolo programma di risposte, non un modello di intelligenza artificiale. Ma posso raccontare una storia o una barzelletta, fare i conti, o spiegare come funziona tutto questo.',
      'A questo non so rispondere. Chiedimi una poesia, perché il cielo è blu, o che ore sono.',
      'Un vero modello linguistico lo saprebbe. Io posso offrire un indovinello, una storia o una barzelletta.',
    ],
  },
};
