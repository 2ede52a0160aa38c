/** `|` marks every place where a sentence ends; lines that begin with `!` are right only where the language is known. */
export const FINNISH_CASES: readonly string[] = [
  'Nähdään 5. toukokuuta klo 15.30. | Tuo kahvia.',
  'Prof. Virtanen ja tri Lehto tulivat. | Hra. Salo ei.',
  'Osta leipää, maitoa jne. | Sitten mennään kotiin.',
  'Pidän hedelmistä, esim. Omenoista. | Sinä myös.',
  'Ks. s. 12, luku 5 ja nro. 3. | Ei muuta.',
  'Se maksaa n. 3,50 €. | Halpaa!',
  'Hän sanoi: ”Tulen.” | Sitten hän lähti.',
  'Versio 2.1 on ulkona. | Se käyttää Node.js:ää. | Hyvä.',
  'Ostokset: 1. Munat 2. Maito 3. Leipä',
  'Hän on töissä Nokia Oyj. | Yhtiö kasvaa.',
];

export const CZECH_CASES: readonly string[] = [
  'Sejdeme se 5. května v 15.30. | Přines kávu.',
  'Prof. Novák a Ing. Dvořák přišli. | Mgr. Malá ne.',
  'JUDr. PhDr. Jan Novák, CSc. mluvil. | Všichni poslouchali.',
  'Kup chleba, mléko atd. | Potom jdi domů.',
  'Mám rád ovoce, např. Jablka, tj. všechno. | Ty taky.',
  'Karel IV. byl král. | Praha rostla.',
  'Viz str. 12, čl. 5 a obr. 3. | Nic víc.',
  'Stojí to cca. 35 Kč. | Levné!',
  'Řekl: „Jdu.“ | Pak odešel.',
  'Firma Foo s.r.o. roste. | To je dobře.',
  'Nákup: 1. Vejce 2. Mléko 3. Chleba',
];

export const HUNGARIAN_CASES: readonly string[] = [
  'Találkozzunk 2024. május 5-én. | Hozz kávét.',
  'A dátum 2024. 05. 03. volt. | Aztán elmúlt.',
  'Dr. Kovács és ifj. Nagy jött. | Özv. Szabó nem.',
  'Vegyél kenyeret, tejet stb. | Aztán gyere haza.',
  'Szeretem a gyümölcsöt, pl. Almát. | Te is.',
  'A Foo Kft. nő. | Ez jó.',
  'Kossuth L. u. 5. alatt lakik. | Közel van.',
  'II. Rákóczi Ferenc fejedelem volt. | A nép szerette.',
  'Azt mondta: „Jövök.” | Aztán elment.',
  'Bevásárlás: 1. Tojás 2. Tej 3. Kenyér',
];

export const ROMANIAN_CASES: readonly string[] = [
  'Dl. Popescu și dna. Ionescu vin. | Dr. Pop nu.',
  'Locuiește pe str. Florilor nr. 5, bl. 3, sc. 2. | E aproape.',
  'Cumpără pâine, lapte etc. | Apoi vino acasă.',
  '! Îmi plac fructele, de ex. Merele. | Și ție.',
  'Vezi pag. 12, art. 5 și fig. 3. | Nimic altceva.',
  'Firma Foo S.R.L. crește. | E bine.',
  'A spus: „Vin.” | Apoi a plecat.',
  'Cezar a murit în 44 î.Hr. la Roma. | Apoi a venit August.',
  'Cumpărături: 1. Ouă 2. Lapte 3. Pâine',
  'Ne vedem la 5. | Apoi mergem.',
];

export const GREEK_CASES: readonly string[] = [
  'Ο κ. Παπαδόπουλος και η κα. Νίκου ήρθαν. | Ο Δρ. Γεωργίου όχι.',
  'Τι κάνεις; | Καλά. | Εσύ;',
  'Ξέρεις τι είναι αυτό; | Ναι!',
  'Αγόρασε ψωμί, γάλα κ.λπ. | Μετά έλα σπίτι.',
  'Μου αρέσουν τα φρούτα, π.χ. Μήλα. | Και σε σένα.',
  'Δες σελ. 12, άρθ. 5 και εικ. 3. | Τίποτα άλλο.',
  'Το ραντεβού είναι στις 5 μ.μ. | Μην αργήσεις.',
  'Είπε: «Έρχομαι.» | Μετά έφυγε.',
  'Η έκδοση 2.1 βγήκε. | Τρέχει σε Node.js. | Ωραία.',
  'Ψώνια: 1. Αυγά 2. Γάλα 3. Ψωμί',
  'Η Φου Α.Ε. μεγαλώνει. | Αυτό είναι καλό.',
];
