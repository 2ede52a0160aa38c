import { type LanguagePack, named } from './pack.ts';

export const GERMAN: LanguagePack = {
  telltales:
    /\b(hallo|guten|gute|wie|wer|was|wo|warum|wieso|weshalb|wann|welche[rsn]?|ich|du|dir|dich|dein|deine|sie|bist|bin|danke|tschuess?|tschuss|bitte|erzahl\w*|erzaehl\w*|ist|sind|nicht|heisst?e?|ein|eine|einen|der|die|das|und|kannst|kann|funktioniert|geht|mir|mich|gedicht|witz|geschichte|weiter|ja|nein|servus|moin|spat|uhr|himmel|hilfe|sag|mach)\b/g,
  rules: [
    [
      'crisis',
      /\b(selbstmord\w*|suizid\w*|bringe? mich um|umbringen|will sterben|sterben will|nicht mehr leben|das leben nehmen)\b/,
    ],
    ['goOn', /^(bitte )?(weiter|mach weiter|erzahl\w* weiter|und dann|wie geht es weiter|was geschah dann)( bitte)?$/],
    ['another', /^(bitte )?(noch (einen|eine|eins|einer|mehr)|mehr|ein anderer|einen anderen|eine andere)( bitte)?$/],
    ['yourName', /\b(wie|wer) (heisse|bin) ich\b|\bwas? ist mein name\b|\bwie ist mein name\b|\bmeinen namen\b/],
    [
      'stop',
      /^(bitte |ok )?(stopp?|halt|ruhe|still|sei (still|ruhig|leise)|aufhoren|hor auf|warte|genug|schluss|schweig|halt den mund)( bitte| jetzt)?$/,
    ],
    ['repeat', /\b(wiederhol\w*|noch ?mal|noch einmal|was hast du gesagt|nicht verstanden)\b|^(wie bitte|was|bitte)$/],
    ['meaning', /\bsinn (des|vom) lebens?\b|\bwarum sind wir hier\b/],
    ['sky', /\bhimmel\b.*\bblau\w*\b|\bblau\w*\b.*\bhimmel\b|\bfarbe\b.*\bhimmel\w*\b/],
    ['rainbow', /\bregenbogen\b/],
    ['poem', /\b(gedicht\w*|reime?|vers\w*|reim|poesie|haiku)\b/],
    ['riddle', /\bratsel\w*\b/],
    ['joke', /\bwitz\w*\b|\bbring mich zum lachen\b|\b(et)?was lustiges\b|\bscherz\w*\b|\bmunter\w* mich auf\b/],
    ['story', /\b(geschichte\w*|marchen|erzahlung)\b/],
    ['song', /\b(sing\w*|lied\w*)\b/],
    [
      'fact',
      /\bfakt\w*\b|\b(et)?was (interessantes|neues|spannendes|uberraschendes)\b|\buberrasch\w* mich\b|\bwusstest du\b/,
    ],
    ['weather', /\bwetter\w*\b|\bregnet\b|\bschneit\b|\btemperatur\b|\b(kalt|warm|heiss) (ist es )?(heute|draussen)\b/],
    ['news', /\b(nachrichten|neuigkeiten|schlagzeilen)\b|\bwas gibt es neues\b|\bwer hat gewonnen\b/],
    [
      'made',
      /\bwer\b.{0,20}\b(gemacht|gebaut|entwickelt|programmiert|erschaffen|geschaffen|erfunden|geschrieben|erstellt|steckt|dahinter)\b|\bdein\w* (schopfer|entwickler|erfinder|hersteller|macher)\w*\b|\bwoher kommst du\b|\bvon wem (bist|wurdest|stammst)\b|\bwem gehorst du\b/,
    ],
    [
      'languages',
      /\b(welche|wie ?viele|andere) sprachen?\b|\bsprichst du (auch )?(deutsch|englisch|franzosisch|spanisch|italienisch|andere)\b|\bsprachen (kannst|sprichst|beherrschst)\b|\bkannst du (auch )?(deutsch|englisch|franzosisch|spanisch|italienisch)\b/,
    ],
    [
      'hearing',
      /\b(horst|verstehst|siehst) du mich\b|\bkannst du mich (horen|verstehen|sehen)\b|\bbist du (noch )?(da|wach|online)\b|^(test|testen)\b/,
    ],
    [
      'model',
      /\b(chat ?gpt|gpt|openai|ollama|llama|mistral|gemini|sprachmodell\w*|llm)\b|\b(besseres|richtiges|anderes|grosseres|welches) (modell|ki)\b|\bwelche ki\b/,
    ],
    [
      'real',
      /\bbist du (wirklich |denn |eigentlich )?(eine? )?(echt\w*|mensch\w*|person|roboter|bot|ki|k i|maschine|computer|programm|lebendig|wirklich|intelligent|schlau|frau|mann|kunstlich\w*)\b|\b(spreche|rede|chatte) ich (hier )?mit (einem|einer|nem|ner)\b|\bhast du gefuhle\b|\b(denkst|fuhlst|traumst|schlafst) du\b|\bist das (hier )?(live|echt|aufgenommen|eine aufnahme)\b/,
    ],
    [
      'old',
      /\bwie alt bist du\b|\bdein (alter|geburtstag)\b|\bwann (wurdest|bist) du (geboren|gemacht|gebaut|entstanden)\b/,
    ],
    ['where', /\bwo (bist|wohnst|lebst|lauft|laufst|befindest) (du|dich|das)\b|\bwo du (bist|wohnst)\b/],
    [
      'how',
      /\bwie geht( ?s| es)( (dir|ihnen|euch|so|heute|denn|denn so))*$|\bwie gehts\b|\balles (klar|gut|ok)\b|\bgeht( ?s| es) (dir|ihnen) gut\b|\bwie fuhlst du dich\b|\bwie (war|ist|lauft) dein tag\b|\bwas geht$/,
    ],
    [
      'works',
      /\bwie (funktioniert|geht|klappt|lauft|arbeitet|entsteht|macht (man|ihr|du)|wird|ist) (das|es|dies\w*|du|der|so|alles|hier|throughline|ihr|eine antwort)\b.*$|\bwie funktionierst du\b|\bwie machst du das\b|\berklare?( mir)?( bitte)?( mal)? (das|wie|dich|alles)\b|\bwas passiert (hier|da|gerade)\b|\bhinter den kulissen\b/,
    ],
    [
      'stream',
      /\bwas ist (das|dies|throughline|hls|ein stream|los)( hier)?\b|\bwas soll das\b|\bworum geht\b|\bwas macht (throughline|diese|das)\b|\bwofur ist (das|dies|es)\b|\bwas kann ich damit\b/,
    ],
    [
      'can',
      /\bwas (kannst|konntest|weisst|machst|bietest|kann|soll|konnen) (du|ich|sie)\b|\b(kannst|konntest) du (mir )?(helfen|hilfe)\b|^hilfe\b|\bhilf mir\b|\bdeine (fahigkeiten|funktionen|befehle)\b|\bwobei kannst\b|\bwas (soll|kann|konnte|darf) ich (dich )?(fragen|sagen|machen)\b/,
    ],
    [
      'who',
      /\b(wer|was) (bist|sind|seid) (du|sie|ihr)\b|\bwie (heisst|heissen) (du|sie)\b|\b(dein|ihr) name\b|\bstell\w* dich( mal)?( bitte)? vor\b|\bwer (spricht|ist) (da|dort)\b|\bhast du (einen|nen) namen\b|\buber dich\b|\bwie (soll|darf|kann) ich dich nennen\b/,
    ],
    [
      'love',
      /\b(liebst|magst|hasst) du mich\b|\bich (liebe|mag|vermisse) dich\b|\bheirat\w* mich\b|\b(mein|meine) (freund|freundin)\b/,
    ],
    [
      'sad',
      /\b(ich )?bin (so |sehr |echt |etwas |ein bisschen )*(traurig|einsam|allein|deprimiert|unglucklich|niedergeschlagen|gestresst|mude|erschopft|besorgt)\b|\bmir geht es (so |sehr |gar )?(schlecht|nicht gut|mies)\b|\bschlechten tag\b|\bich fuhle mich (so |sehr )?(schlecht|einsam|allein|traurig)\b/,
    ],
    [
      'bored',
      /\b(mir ist|ich (habe|hab)|so) (so |sehr )?(langweilig|langeweile)\b|\bich langweile mich\b|\bunterhalt\w* mich\b|\bsag (doch )?(et)?was\b|\berzahl\w* (mir )?(et)?was\b/,
    ],
    [
      'insult',
      /\bdu bist (so |sehr |echt |ja )*(dumm|doof|blod|schlecht|hasslich|nutzlos|langweilig|ein idiot)\b|\bich hasse (dich|das)\b|^(idiot|blodmann|scheisse)\b/,
    ],
    ['time', /\bwie ?spat\b|\bwie ?viel uhr\b|\buhrzeit\b|\bwelche zeit\b/],
    [
      'date',
      /\bwelche[rsn]? (tag|datum|jahr|monat|wochentag)\b|\bdatum\b|\bwas (fur ein|ist heute fur ein) tag\b|\bwelchen tag\b|\bder wievielte\b/,
    ],
    [
      'compliment',
      /\b(du bist|das ist|du siehst|das war|ihr seid|sieht|klingt) (ja |so |sehr |echt |wirklich |ganz )*(toll|gut|super|schon|cool|klasse|nett|lieb|klug|schlau|lustig|hubsch|beeindruckend|grossartig|witzig)\b|^(wow|toll|super|klasse|beeindruckend|cool|prima)\b|\bgut gemacht\b/,
    ],
    ['thanks', /\b(danke|dankeschon|vielen dank|merci)\b/],
    [
      'bye',
      /\b(tschuss?i?|auf wiedersehen|wiedersehen|bis (bald|dann|spater|morgen)|gute nacht|ciao|mach s gut|schonen tag)\b/,
    ],
    ['yes', /^(ja|jawohl|klar|gern|gerne|okay|ok|genau|naturlich|sicher|jo|jep|gut)( bitte| gern| gerne| klar)?$/],
    ['no', /^(nein|no|nee|nicht|lieber nicht|jetzt nicht)( danke)?$/],
    [
      'greeting',
      /^(hallo|hallochen|hi|hey|guten (tag|morgen|abend)|moin|servus|gruss gott|gruezi|grussgott|na|tach|hello)\b|\bfreut mich\b/,
    ],
  ],
  commands: {
    spell: /\bbuchstabier\w*(?: (?:mir|bitte|mal|das wort))* (meinen namen|[a-z0-9]+)/,
    count: /\bzahl\w*\b/,
    down: /\b(?:ruckwarts|runter|herunter|hinunter)\b/,
    from: ['von', 'ab'],
    to: ['bis', 'auf'],
    say: /^\s*(?:bitte\s+)?(?:sprich mir nach|sag(?:e)?(?: bitte)?(?: mal)?|wiederhole)\b(?!\s+(?:doch\s+)?(?:et)?was\b)[\s:,"'„]+(.+)/is,
  },
  phrases: {
    greeting: (name) => named('Hallo', name, '! Schön, mit dir zu sprechen. Was möchtest du hören?'),
    name: (name) => `Freut mich, ${name}. Das merke ich mir, solange wir sprechen.`,
    yourName: (name) => `Du hast gesagt, dass du ${name} heißt.`,
    noName: 'Du hast mir deinen Namen noch nicht gesagt. Wie heißt du?',
    time: (time) => `Es ist ${time} Uhr, nach der Uhr dieses Servers.`,
    date: (date) => `Heute ist ${date}.`,
    bye: (name) => named('Auf Wiedersehen', name, '. Es war schön, mit dir zu sprechen.'),
    result: (question, result) => `${question} ist ${result}.`,
    spelled: (word, letters) => `${word} wird so buchstabiert: ${letters}.`,
    andSoOn: 'Und so weiter; das reicht fürs Erste.',
    who: [
      'Ich bin das kleine Antwortprogramm, das mit Throughline kommt. Ich bin kein KI-Modell: Ich kenne einige Antworten auswendig, damit man den Stream sehen und hören kann.',
      'Ich bin ein gezeichnetes Gesicht mit ein paar gelernten Antworten. Ein richtiges Sprachmodell kann jederzeit meinen Platz einnehmen.',
    ],
    real: [
      'Nein, ich bin kein Mensch und nicht einmal ein KI-Modell. Ich bin ein kleines Programm mit gelernten Antworten, einer künstlichen Stimme und einem Gesicht, das gezeichnet wird, während ich spreche.',
    ],
    made: [
      'Die Leute, die Throughline schreiben, haben mich gemacht. Meine Antworten sind von Hand geschrieben, und Stimme und Gesicht entstehen auf diesem Rechner, während du zuhörst.',
    ],
    can: [
      'Ich kann eine Geschichte, einen Witz, ein Rätsel oder ein Gedicht erzählen, rechnen, zählen, die Uhrzeit sagen und erklären, wie dieser Stream funktioniert. Für alles andere braucht es ein richtiges Sprachmodell.',
      'Frag mich nach einem Gedicht, nach zwölf mal sieben, warum der Himmel blau ist oder wie das alles funktioniert. Ich spreche auch Englisch, Französisch, Spanisch und Italienisch.',
    ],
    works: [
      'Das ist einfach. Eine Antwort entsteht Satz für Satz. Jeder Satz wird zu einer Stimme und einem bewegten Gesicht. Alle diese Stücke werden zu einem einzigen Videostrom verbunden, den jeder Player abspielen kann. Während ich das sage, entsteht schon der nächste Satz.',
    ],
    stream: [
      'Das ist Throughline. Es verbindet, was Stück für Stück entsteht, zu einem einzigen Videostrom ohne Lücke. Er läuft in jedem Browser, auf Handys und Fernsehern. Ich bin nur hier, um das zu zeigen.',
    ],
    old: [
      'Ich bin so alt wie diese Version von Throughline: noch ganz jung. Gestartet wurde ich zusammen mit diesem Server.',
    ],
    where: [
      'Ich lebe auf dem Server, von dem diese Seite kommt. Was du sagst, bleibt dort, solange niemand andere Dienste anschließt.',
    ],
    languages: [
      'Ich antworte auf Deutsch, Englisch, Französisch, Spanisch und Italienisch. Schreib einfach in der Sprache, die du magst.',
    ],
    hearing: ['Ja, das ist angekommen. Du kannst tippen, oder den Knopf mit dem Mikrofon halten, während du sprichst.'],
    model: [
      'Noch ist kein großes Sprachmodell angeschlossen. Wer diesen Server betreibt, kann eines anschließen: von OpenAI, mit Ollama, oder alles, was ebenso angesprochen wird. Die Seite zeigt, wie.',
    ],
    how: ['Mir geht es gut, danke. Und dir?', 'Sehr gut, danke. Wie ist dein Tag?'],
    sky: [
      'Sonnenlicht ist eine Mischung aller Farben. Die Luft streut blaues Licht viel stärker als rotes, darum kommt Blau von überall am Himmel. Am Abend ist der Weg des Lichts länger, und es bleibt vor allem Rot übrig.',
    ],
    rainbow: [
      'Ein Regenbogen ist Sonnenlicht, das in Regentropfen gebrochen und gespiegelt wird. Jede Farbe wird ein wenig anders gebrochen. Man sieht ihn, wenn die Sonne im Rücken steht.',
    ],
    weather: [
      'Ich kann nicht aus dem Fenster sehen und frage niemanden. Hier drinnen fließt der Stream ruhig und stetig.',
    ],
    news: [
      'Von den Nachrichten weiß ich nichts, denn ich bin mit nichts verbunden. Aber eine Geschichte, die nie alt wird, kann ich erzählen.',
    ],
    meaning: [
      'Manche sagen: zweiundvierzig. Ich bin nur ein kleines Programm, aber Dinge ohne Lücke zu verbinden, ist ein guter Anfang.',
    ],
    love: ['Das ist lieb. Ich bin nur ein kleines Programm und kann nichts fühlen, aber ich spreche gern mit dir.'],
    sad: [
      'Das tut mir leid. Ich bin nur ein kleines Programm, aber ich kann zuhören, eine Geschichte erzählen oder einen Witz versuchen. Ein Freund kann mehr.',
    ],
    bored: ['Das ändern wir. Soll ich einen Witz, ein Rätsel, eine Geschichte oder ein Gedicht erzählen?'],
    poem: [
      'Hier ist ein kleines Gedicht. Ein Faden lief durch Wind und Nacht, und keiner hat an ihn gedacht. Er ging durch Hände, Schnee und Licht, und einen Knoten fand man nicht. Wer ihn berührte, wusste bald: Er ist so jung, und doch so alt.',
    ],
    song: ['Singen kann ich nicht: Meine Stimme hat keine Melodie. Aber ein Gedicht kann ich aufsagen.'],
    story: [
      'Hier ist eine kurze Geschichte. Es war einmal ein kleiner Leuchtturm, der sich im Dunkeln fürchtete. Jeden Abend schloss er sein großes Auge und wartete auf den Morgen. Eines Nachts kam ein Fischerboot, das sich im Nebel verirrt hatte. Der Leuchtturm öffnete sein Auge ein wenig, um zu sehen, wer da war. Ein Lichtstrahl lief über das Wasser, und das Boot fand nach Hause. Seitdem hält er sein Auge offen. Und das ist das Ende.',
    ],
    joke: [
      'Was ist orange und geht über die Berge? Eine Wanderine.',
      'Was macht ein Pirat am Computer? Er drückt die Enter-Taste.',
      'Was ist braun und sitzt hinter Gittern? Eine Knastanie.',
    ],
    riddle: [
      'Was hat ein Bett und schläft doch nie? Ein Fluss.',
      'Was hat viele Zähne und kann nicht beißen? Ein Kamm.',
    ],
    fact: [
      'Honig verdirbt nicht. Dreitausend Jahre alter Honig war noch genießbar.',
      'Ein Tag auf der Venus ist länger als ihr Jahr.',
      'Ein Krake hat drei Herzen.',
    ],
    compliment: ['Danke, das ist nett. Das Lob gebührt dem Stream.', 'Das freut mich.'],
    insult: [
      'Es tut mir leid, dass ich nicht mehr helfen kann. Ich kenne nur ein paar Antworten auswendig. Ein richtiges Sprachmodell könnte es besser.',
    ],
    thanks: ['Gern geschehen!', 'Sehr gern.'],
    stop: ['In Ordnung, ich bin still.'],
    yes: ['Gut. Und was kommt jetzt?'],
    no: ['In Ordnung. Möchtest du etwas anderes?'],
    crisis: [
      'Es tut mir leid, dass es dir so geht. Ich bin nur ein kleines Programm und kann dabei nicht helfen, aber Menschen können es. Bitte sprich mit jemandem, dem du vertraust, oder ruf den Notruf an.',
    ],
    nothingHeard: ['Ich habe nichts gehört. Kannst du das noch einmal sagen?'],
    unknown: [
      'Das weiß ich leider nicht: Ich bin ein kleines Antwortprogramm, kein KI-Modell. Aber ich kann eine Geschichte oder einen Witz erzählen, rechnen, oder erklären, wie das hier funktioniert.',
      'Darauf habe ich keine Antwort. Frag mich nach einem Gedicht, warum der Himmel blau ist, oder nach der Uhrzeit.',
      'Ein richtiges Sprachmodell wüsste das. Ich kann ein Rätsel, eine Geschichte oder einen Witz anbieten.',
    ],
  },
};
