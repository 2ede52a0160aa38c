import type { LanguageData } from './language-data.ts';

export const SPANISH: LanguageData = {
  goesOn: `Sr Sra Sres Sras Srta Srtas Srs Dª D.ª Dña Da Dr Dra Dres Dras Prof Profa Profª Lic Licdo Licda Lcdo Lcda Ldo Lda
    Ing Arq Abg Mtro Mtra Gral Gob Tte Cap Cnel Cmte Col Sgto Excmo Excma Exmo Exma Ilmo Ilma Rvdo Rvda Rvdmo Mons Fr Sto Sta Hno
    Hna Vda Pdte Pdta p.ej ej v.gr vgr cf cfr aprox incl excl vs i.e e.g ntra ntro av avda Avda Pza Pl Plza Pje Urb Bo c.c cta
    trad coord dir adj S.M S.A.R SS.MM SS.AA Ntra.Sra N.ª`,
  number: `n núm núms nro nº pág págs p pp art arts cap caps fig figs tab vol vols t ed ap apdo tel teléf tfno tlf fax ext km
    c C Av pta esc dto depto ref inc párr parr lín col ca v vv secc sec máx mín`,
  either: `S.A S.L S.A.U S.L.U S.R.L S.A.S S.C S.Coop Cía Cia Ltda Ltd Inc Co Corp Hnos Bros FF.AA JJ.OO CC.OO AA.VV FF.CC
    Univ Dpto Depto dpto depto Admón Jr Ud Uds Vd Vds`,
  ends: 'etc EE.UU E.U RR.HH a.m p.m a.C d.C a.de.C d.de.C q.e.p.d s.n',
  calendar: 'ene feb mar abr may jun jul ago sep sept set oct nov dic lun mié jue vie sáb dom',
  dates: `enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre lunes martes miércoles jueves
    viernes sábado domingo`,
  labels: `vitamina vitaminas plan clase tipo grupo punto parte opción versión nivel letra bloque edificio puerta línea anexo hepatitis
    zona variante paso terminal categoría respuesta`,
  starters: `el la los las lo un una unos unas él ella ellos ellas usted ustedes nosotros nosotras yo tú vos esto eso este esta estos estas
    ese esa esos esas aquel aquella y e o pero ni sino pues porque que qué quién quiénes cuál cuáles cuándo cómo dónde cuánto por
    para con sin en de del al a ante desde hasta hacia según sobre tras entre durante si cuando como donde mientras aunque hoy ayer
    mañana ahora luego después antes entonces aquí allí ahí también además sin embargo no sí gracias hola buenos buenas mi mis tu tus
    su sus nuestro nuestra nuestros nuestras se me te le les nos os hay es son era fue está están ha han tiene tienen puede pueden
    todo toda todos todas muchos muchas algunos algunas cada otro otra otros otras nadie nada nunca siempre quizás quizá tal vez finalmente
    primero así ya solo sólo más menos muy bueno vale claro`,
  local: `Da col ed ext set mar may ago dom lun vie jun jul Cap cap ap sec inc ref art dir adj Pl av ej Fr tab incl Bo Av ca
    sept ene pta`,
};
