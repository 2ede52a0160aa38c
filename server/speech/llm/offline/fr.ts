import { type LanguagePack, named } from './pack.ts';

export const FRENCH: LanguagePack = {
  telltales:
    /\b(bonjour|salut|bonsoir|coucou|merci|quel|quelle|quels|quelles|qui|que|quoi|je|tu|vous|nous|moi|toi|raconte\w*|revoir|est|es|suis|etes|une|un|le|la|les|des|du|appelle\w*|oui|non|pourquoi|comment|combien|quand|sais|peux|pouvez|peut|faire|fait|ca|cela|ciel|bleu|poeme|blague|histoire|heure|sil|plait|dis|donne\w*|mon|ton|votre|avec|dans|pour|parle\w*)\b/g,
  rules: [
    ['crisis', /\b(suicide\w*|me tuer|veux mourir|envie de mourir|en finir avec la vie|plus envie de vivre)\b/],
    ['goOn', /^(continue|continuez|et apres|la suite|vas y|et ensuite|poursuis)( s il (te|vous) plait)?$/],
    ['another', /^(encore|encore (un|une)|un autre|une autre|encore une autre)( s il (te|vous) plait)?$/],
    [
      'yourName',
      /\bcomment je m appelle\b|\bquel est mon (nom|prenom)\b|\bqui suis je\b|\bmon nom\b.*\bsouvien\w*\b|\bsouvien\w* de mon nom\b/,
    ],
    [
      'stop',
      /^(s il te plait )?(arrete|arretez|stop|silence|tais toi|taisez vous|attends|attendez|chut|assez|ca suffit)\b/,
    ],
    [
      'repeat',
      /\b(repete|repetez|peux tu repeter|pouvez vous repeter|qu as tu dit|qu avez vous dit|pas compris|encore une fois)\b|^(pardon|comment|quoi)$/,
    ],
    ['meaning', /\bsens de la vie\b|\bpourquoi sommes nous\b/],
    ['sky', /\bciel\b.*\bbleu\w*\b|\bbleu\w*\b.*\bciel\b|\bcouleur\b.*\bciel\b/],
    ['rainbow', /\barcs? en ciel\b/],
    ['poem', /\b(poemes?|poesie|vers|rimes?|haiku)\b/],
    ['riddle', /\b(devinettes?|enigmes?)\b/],
    [
      'joke',
      /\bblagues?\b|\bfais moi rire\b|\bfaites moi rire\b|\b(quelque chose|un truc) de drole\b|\bplaisanteries?\b/,
    ],
    ['story', /\b(histoires?|contes?|recit)\b/],
    ['song', /\b(chante\w*|chansons?)\b/],
    [
      'fact',
      /\b(quelque chose d interessant|fait (interessant|amusant)|anecdote|le savais tu|apprends moi|surprends moi)\b/,
    ],
    ['weather', /\b(meteo|quel temps|temps (fait|qu il fait|fera)|pleut|neige|temperature)\b/],
    ['news', /\b(actualites?|nouvelles|infos|informations du jour|qui a gagne)\b/],
    [
      'made',
      /\bqui\b.{0,20}\b(fait|cree|construit|concu|developpe|programme|invente|fabrique|ecrit)\w*\b|\b(ton|tes|votre|vos) (createur|concepteur|developpeur|inventeur|auteur)s?\b|\bd ou (viens|venez|tu viens)\b|\bpar qui\b|\bqui est derriere\b/,
    ],
    [
      'languages',
      /\b(quelles?|combien de|d autres) langues?\b|\blangues (parles|parlez|tu)\b|\b(parles|parlez|sais|savez|peux|pouvez) (tu|vous) (parler )?(aussi )?(le |l |en )?(francais|anglais|allemand|espagnol|italien|d autres)\b|\btu parles (francais|anglais|allemand|espagnol|italien)\b/,
    ],
    [
      'hearing',
      /\b(tu m entends|m entends tu|vous m entendez|m entendez vous|tu me (vois|comprends)|me (vois|comprends) tu|est ce que tu m entends|tu es la|es tu la)\b|^(test|essai)\b/,
    ],
    [
      'model',
      /\b(chat ?gpt|gpt|openai|ollama|llama|mistral|gemini|modele de langage|modele de langue|llm)\b|\b(meilleur|vrai|autre|quel) modele\b|\bquelle (ia|intelligence)\b/,
    ],
    [
      'real',
      /\b(es tu|tu es|etes vous|vous etes|est ce que tu es|t es) (vraiment |bien )?(une? )?(vrai\w*|reel\w*|humain\w*|personne|robot|bot|machine|ia|i a|intelligence artificielle|ordinateur|programme|vivant\w*|homme|femme|intelligent\w*)\b|\best ce que je parle (a|avec) (un|une)\b|\bje parle (a|avec) (un|une)\b|\bas tu des (sentiments|emotions)\b|\b(penses|reves|dors|ressens) tu\b|\best ce (que c est )?(en direct|enregistre|reel)\b/,
    ],
    ['old', /\bquel age\b|\bton (age|anniversaire)\b|\bquand (es tu|as tu ete) (ne|nee|cree|creee|fait)\w*\b/],
    ['where', /\bou (es tu|habites tu|vis tu|te trouves tu|etes vous|tu es|tu habites|tu vis)\b/],
    [
      'works',
      /\bcomment (ca|cela|ceci|tu|vous|throughline|c est|est ce que|fais tu|faites vous|fonctionne\w*|marche\w*|une reponse|le flux|cette|ce)\b.{0,40}\b(marche\w*|fonctionne\w*|fait|faites|possible|cree|fabrique|parles?|bouges?)\b|\bcomment (fonctionne\w*|marche\w*)\b|\b(explique|expliquez)( moi| nous)?\b|\bcomment fais tu\b|\bque se passe t il\b|\bdans les coulisses\b/,
    ],
    [
      'stream',
      /\b(c est quoi|qu est ce que( c est)?( que)?) (ca|ce|cela|throughline|hls|un flux|cette|ici)\b|\bqu est ce que c est\b|\ba quoi (ca )?sert\b|\bde quoi s agit\b|\bque fait throughline\b|\bc est quoi$/,
    ],
    [
      'can',
      /\b(que|qu est ce que|quoi) (tu |vous |je |on )?(sais|peux|savez|pouvez|puis|peut|sait)( tu| vous| je| on)?\b|\b(peux|pouvez) (tu|vous) (m |nous )?aider\b|\b(tu|vous) (peux|pouvez) m aider\b|^(aide|a l aide|au secours)\b|\baide moi\b|\btes (capacites|fonctions|competences)\b|\bque puis je\b|\bque fais tu\b/,
    ],
    [
      'who',
      /\b(qui|qu) (es tu|etes vous|tu es|vous etes|est tu|est ce|es)\b|\bt es qui\b|\btu es qui\b|\b(t appelles|vous appelez|tu t appelles|s appelle)\b|\b(ton|votre) (nom|prenom)\b|\bpresente toi\b|\bpresentez vous\b|\bparle moi de toi\b/,
    ],
    ['love', /\b(tu m aimes|m aimes tu|je t aime|tu me detestes|epouse moi|tu me manques|mon ami)\b/],
    [
      'sad',
      /\bje (suis|me sens) (si |tres |trop |vraiment |un peu )*(triste|seule?|deprime\w*|malheureu\w*|fatigue\w*|stresse\w*|mal|angoisse\w*)\b|\bca (ne )?va (pas|mal)\b|\bmauvaise journee\b/,
    ],
    [
      'bored',
      /\bje m ennuie\b|\bamuse moi\b|\bdivertis moi\b|\bdis (moi )?quelque chose\b|\braconte moi (quelque chose|un truc)$/,
    ],
    [
      'insult',
      /\b(tu es|t es|vous etes) (si |tres |trop |vraiment )*(bete|stupide|nul\w*|idiot\w*|moche|inutile|ennuyeu\w*|con|conne)\b|\bje te deteste\b|^(idiot|imbecile|merde)\b/,
    ],
    [
      'how',
      /\bcomment (ca va|va|vas tu|allez vous|tu vas|vous allez|te sens tu)\b|\b(ca|tu) vas? (bien)?\b$|\bca va\b|\bca roule\b|\bquoi de neuf\b/,
    ],
    ['time', /\bquelle heure\b|\bl heure\b/],
    ['date', /\bquel jour\b|\bquelle date\b|\bla date\b|\bquel mois\b|\bquelle annee\b|\bquel jour sommes\b/],
    [
      'compliment',
      /\b(tu es|c est|vous etes|t es|c etait|tu as l air) (si |tres |trop |vraiment |super )*(genial\w*|super|bien|beau|belle|cool|incroyable|magnifique|gentil\w*|drole|intelligent\w*|impressionnant\w*|formidable|sympa\w*)\b|^(wow|super|genial|magnifique|impressionnant|bravo|cool)\b|\bbien joue\b/,
    ],
    ['thanks', /\bmerci\b/],
    ['bye', /\b(au revoir|a bientot|adieu|bonne nuit|a plus|a demain|bonne journee|bonne soiree|ciao)\b/],
    [
      'yes',
      /^(oui|ouais|d accord|bien sur|ok|okay|volontiers|avec plaisir|vas y|parfait|pourquoi pas)( merci| s il (te|vous) plait)?$/,
    ],
    ['no', /^(non|pas du tout|jamais|pas maintenant|rien)( merci)?$/],
    ['greeting', /^(bonjour|salut|bonsoir|coucou|allo|hello|hey|bonjours|enchante\w*)\b/],
  ],
  commands: {
    spell: /\b(?:epelle|epelez|epeler|epele)(?: (?:moi|le mot|s il te plait))* (mon nom|[a-z0-9]+)/,
    count: /\b(?:compte|comptez|compter)\b/,
    down: /\b(?:rebours|l envers)\b/,
    from: ['de'],
    to: ['a', 'jusqu', 'jusque'],
    say: /^\s*(?:repete apres moi|répète après moi|répétez après moi|dis|dites|répète)\b[\s:,"'«]+(?!moi\b|nous\b|quelque\b)(.+)/is,
  },
  phrases: {
    greeting: (name) => named('Bonjour', name, ' ! Je suis content de parler avec vous. Que voulez-vous entendre ?'),
    name: (name) => `Enchanté, ${name}. Je m'en souviendrai pendant notre conversation.`,
    yourName: (name) => `Vous m'avez dit que vous vous appelez ${name}.`,
    noName: "Vous ne m'avez pas encore dit votre nom. Comment vous appelez-vous ?",
    time: (time) => `Il est ${time}, à l'horloge de ce serveur.`,
    date: (date) => `Nous sommes le ${date}.`,
    bye: (name) => named('Au revoir', name, '. Parler avec vous était un plaisir.'),
    result: (question, result) => `${question} égale ${result}.`,
    spelled: (word, letters) => `${word} s'écrit ${letters}.`,
    andSoOn: 'Et ainsi de suite ; cela suffit pour le moment.',
    who: [
      "Je suis le petit programme de réponses livré avec Throughline. Je ne suis pas un modèle d'intelligence artificielle : je connais quelques réponses par cœur, pour que l'on voie et que l'on entende le flux.",
      'Je suis un visage dessiné, avec quelques réponses apprises par cœur. Un vrai modèle de langage peut prendre ma place à tout moment.',
    ],
    real: [
      "Non, je ne suis pas une personne, ni même un modèle d'intelligence artificielle. Je suis un petit programme aux réponses apprises, avec une voix de synthèse et un visage dessiné pendant que je parle.",
    ],
    made: [
      "Ceux qui écrivent Throughline m'ont fait. Mes réponses ont été écrites à la main, et ma voix et mon visage sont fabriqués sur cette machine pendant que vous écoutez.",
    ],
    can: [
      "Je peux raconter une histoire, une blague, une devinette ou un poème, calculer, compter, donner l'heure et expliquer comment ce flux fonctionne. Pour tout le reste, il faut un vrai modèle de langage.",
      'Demandez-moi un poème, douze fois sept, pourquoi le ciel est bleu, ou comment tout cela marche. Je parle aussi anglais, allemand, espagnol et italien.',
    ],
    works: [
      "C'est simple. Une réponse est écrite phrase par phrase. Chaque phrase devient une voix et un visage qui bouge. Tous ces morceaux sont réunis en un seul flux vidéo continu, que tout lecteur peut lire. Pendant que je parle, la phrase suivante se prépare déjà.",
    ],
    stream: [
      "C'est Throughline. Il réunit ce qui est fabriqué morceau par morceau en un seul flux vidéo sans coupure, lisible dans un navigateur, sur un téléphone ou une télévision. Je suis là pour le montrer.",
    ],
    old: [
      "J'ai l'âge de cette version de Throughline : je suis encore très jeune. J'ai démarré en même temps que ce serveur.",
    ],
    where: [
      "J'habite le serveur qui vous envoie cette page. Ce que vous dites y reste, tant que personne n'y branche d'autres services.",
    ],
    languages: [
      'Je réponds en français, en anglais, en allemand, en espagnol et en italien. Écrivez simplement dans la langue que vous aimez.',
    ],
    hearing: ["Oui, c'est bien arrivé. Vous pouvez écrire, ou tenir le bouton du micro pendant que vous parlez."],
    model: [
      "Aucun grand modèle de langage n'est encore branché. La personne qui tient ce serveur peut en brancher un : OpenAI, Ollama, ou tout ce qui parle de la même façon. La page montre comment.",
    ],
    how: ['Je vais bien, merci. Et vous ?', 'Très bien, merci. Comment se passe votre journée ?'],
    sky: [
      "La lumière du soleil mélange toutes les couleurs. L'air diffuse beaucoup plus le bleu que le rouge, et le bleu nous arrive donc de tout le ciel. Le soir, la lumière fait un plus long chemin, et il reste surtout du rouge.",
    ],
    rainbow: [
      "Un arc-en-ciel, c'est la lumière du soleil, pliée et réfléchie dans des gouttes de pluie. Chaque couleur est pliée un peu autrement. On le voit quand on a le soleil dans le dos.",
    ],
    weather: ['Je ne peux pas regarder dehors, et je ne demande à personne. Mais ici, le flux est calme et régulier.'],
    news: [
      'Je ne sais rien des nouvelles : je ne suis branché à rien. Mais je connais une histoire qui ne vieillit pas.',
    ],
    meaning: [
      "Certains disent quarante-deux. Je ne suis qu'un petit programme, mais réunir les choses sans laisser de vide me semble un bon début.",
    ],
    love: [
      "C'est gentil. Je ne suis qu'un petit programme et ne ressens rien, mais je suis content de parler avec vous.",
    ],
    sad: [
      "J'en suis désolé. Je ne suis qu'un petit programme, mais je peux vous raconter une histoire ou essayer une blague. Un ami peut davantage.",
    ],
    bored: ['Changeons cela. Voulez-vous une blague, une devinette, une histoire ou un poème ?'],
    poem: [
      "Voici un petit poème. Un fil courait dans la nuit, si fin, venu de loin, sans un chemin. Il traversa la pluie, le vent, de main en main, tout doucement. Et nul ne vit, jusqu'à la fin, le moindre nœud sur tout ce lin.",
    ],
    song: ['Je ne sais pas chanter : ma voix n’a pas de mélodie. Mais je peux dire un poème.'],
    story: [
      "Voici une petite histoire. Il était une fois un petit phare qui avait peur du noir. Chaque soir, il fermait son grand œil et attendait le matin. Une nuit, un bateau de pêche arriva, perdu dans le brouillard. Le phare ouvrit un peu son œil pour voir qui était là. Un rayon de lumière courut sur l'eau, et le bateau retrouva son port. Depuis, le phare garde son œil ouvert. Et c'est la fin.",
    ],
    joke: [
      'Que fait une fraise sur un cheval ? Tagada, tagada, tagada.',
      'Quel est le comble pour un électricien ? De ne pas être au courant.',
      'Pourquoi les plongeurs plongent-ils en arrière ? Parce que sinon, ils tombent dans le bateau.',
    ],
    riddle: [
      'Qu’est-ce qui a un lit mais ne dort jamais ? Une rivière.',
      'Qu’est-ce qui a des dents mais ne mord pas ? Un peigne.',
    ],
    fact: [
      'Le miel ne se gâte pas. On en a trouvé qui avait trois mille ans et se mangeait encore.',
      'Sur Vénus, un jour dure plus longtemps que l’année.',
      'Une pieuvre a trois cœurs.',
    ],
    compliment: ['Merci, c’est gentil. Tout le mérite revient au flux.', 'J’en suis heureux.'],
    insult: [
      'Je suis désolé de ne pas mieux vous aider. Je ne connais que quelques réponses par cœur. Un vrai modèle de langage ferait mieux.',
    ],
    thanks: ['Avec plaisir !', 'Je vous en prie.'],
    stop: ["D'accord, je me tais."],
    yes: ['Très bien. Et maintenant ?'],
    no: ["D'accord. Voulez-vous autre chose ?"],
    crisis: [
      "Je suis désolé que vous vous sentiez ainsi. Je ne suis qu'un petit programme et ne peux pas vous aider, mais des personnes le peuvent. Parlez à quelqu'un de confiance, ou appelez les urgences.",
    ],
    nothingHeard: ["Je n'ai rien entendu. Pouvez-vous répéter ?"],
    unknown: [
      "Cela, je ne le sais pas : je suis un petit programme de réponses, pas un modèle d'intelligence artificielle. Mais je peux raconter une histoire ou une blague, calculer, ou expliquer comment tout cela marche.",
      "Je n'ai pas de réponse à cela. Demandez-moi un poème, pourquoi le ciel est bleu, ou l'heure qu'il est.",
      'Un vrai modèle de langage le saurait. Je peux vous offrir une devinette, une histoire ou une blague.',
    ],
  },
};
