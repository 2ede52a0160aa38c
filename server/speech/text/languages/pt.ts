import type { LanguageData } from './language-data.ts';

export const PORTUGUESE: LanguageData = {
  goesOn: `Sr Sra Srs Sras Srta Srtas Sr.ª Sra.ª Dr Dra Drs Dras Dr.ª Prof Profa Prof.ª Profs Profas Exmo Exma Exmos Exmas
    Exm.º Exm.ª Ilmo Ilma Eng Enga Eng.º Engº Arq Adv Des Dep Sen Gov Pres Gen Cel Cap Ten Sgt Maj Alm Cmte Cb Da Pe Fr Sto Sta
    Rev Revmo Revma Mons Comend Desa Tte V.Exa V.Ex.ª V.S.ª V.Sa S.Exa S.Ex.ª N.Sra N.Sr p.ex ex cf aprox c/c vs i.e e.g incl excl
    Av Al Pç Pça Rod Trav Tv Estr Lgo Jd Vl Edif trad org orgs coord adj v.g v.gr`,
  number: `n nº n.º núm nr pág págs p pp art arts inc al cap caps fig figs tab vol vols t ed sec séc sécs tel telef cel fax r
    ram ext ap apt apto bl lt lj sl qd cj conj and km R Cód cód proc prot ref par § v vv d c ca fl fls máx mín`,
  either: 'S.A S.A.S Ltda Lda Ltd Cia Cª Inc Co Corp Univ Depto Dept Dir Adm Jr Ph.D dta esq obs',
  ends: 'etc E.U.A a.m p.m a.C d.C A.C D.C q.b',
  calendar: 'jan fev mar abr mai jun jul ago set out nov dez seg ter qua qui sex sáb dom',
  dates: `janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro segunda terça quarta quinta sexta sábado
    domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira`,
  labels: `vitamina vitaminas plano classe tipo grupo ponto parte opção versão nível letra bloco edifício porta linha anexo hepatite zona
    variante passo terminal categoria resposta série turma`,
  starters: `o a os as um uma uns umas ele ela eles elas você vocês nós eu tu isto isso aquilo este esta estes estas esse essa esses essas aquele
    aquela e mas ou nem porém porque pois que quem qual quais quando como onde quanto por para com sem em no na nos nas num numa de do da
    dos das ao aos à às pelo pela desde até sobre entre durante se enquanto embora hoje ontem amanhã agora depois antes então aqui ali
    lá também além não sim obrigado obrigada olá bom boa meu minha meus minhas teu tua seu sua seus suas nosso nossa nossos nossas
    me te lhe há é são era foi está estão tem têm pode podem todo toda todos todas muitos muitas alguns algumas cada outro outra outros
    outras ninguém nada nunca sempre talvez finalmente primeiro assim já só mais menos muito claro vamos`,
  local: `set out ago dom sex ter qua qui seg no p Da Al Cap Ten Sen Gen Dep Des Gov Pres org ex obs Fr Eng par and al sl lt
    cj ap inc ref ed ext mar tab Adv fl art cel sec mai`,
};
