package keywords

// tapbacks are the forms that phones write for a reaction, one row a language: folded, * for an emoji, % for the
// quotation. How sure they are is said for each row:
//
//   - field: the texts are in code that reads them from real messages (openclaw#60677, qksms#1330, Simple-SMS-
//     Messenger#428, QUIK, the Textra app, chat exporters, and classifiers of opt-outs that list what they met);
//   - translated: the wording of iOS or of QUIK's translators, not seen in a text.
//
// A form that no phone writes does no harm: it counts only around a quotation that it opens or closes.
var tapbacks = [][]string{
	// en: field
	{
		"liked %", "loved %", "disliked %", "laughed at %", "emphasized %", "emphasised %", "questioned %",
		"reacted * to %", "reacted with * to %", "reacted to %", "* to %", "* a %", "reacted with a sticker to %",
		"reacted with a photomoji to %", "removed * from %", "* from %", "removed a * from %", "removed a like from %",
		"removed a heart from %", "removed a dislike from %", "removed a laugh from %", "removed an exclamation from %",
		"removed an exclamation mark from %", "removed an emphasis from %", "removed a question mark from %",
		"removed a sticker from %", "removed a reaction from %", "removed * reaction from %",
	},
	// es: field, both of Spain (present) and of Mexico and the United States (past)
	{
		"le gusto %", "le gusta %", "le encanto %", "le encanta %", "no le gusto %", "no le gusta %", "le dio risa %",
		"le hace gracia %", "le sorprende %", "se rio de %", "exclamo por %", "enfatizo %", "destaco %", "dudo sobre %",
		"duda sobre %", "cuestiono %", "reacciono con * a %", "reacciono con un sticker a %", "reacciono * a %",
		"se ha reaccionado con * a %", "se ha anadido * a %", "se quito * de %", "quito * de %", "elimino * de %",
		"ha eliminado * de %", "elimino un me gusta de %", "quito un me gusta de %", "ya no le gusta %", "ya no le encanta %",
		"ya no le disgusta %", "ya no le hace gracia %", "ya no le sorprende %", "ya no duda sobre %", "dejo de gustarle %",
		"dejo de encantarle %", "dejo de no gustarle %", "dejo de darle risa %", "dejo de exclamar por %",
		"dejo de dudar sobre %",
	},
	// fr: field; iOS names the reaction in quotes of its own, so two quotations stand in some
	{
		"a aime %", "a adore %", "na pas aime %", "n a pas aime %", "naime pas %", "a ri de %", "a souligne %",
		"a mis en evidence %", "a pose une question sur %", "sest interroge sur %", "sest interroge e sur %", "aime %",
		"a reagi * a %", "a reagi avec * a %", "* a %", "a attribue la mention % a %", "a retire la mention % de %",
		"a retire la mention % a %", "a ajoute un % a %", "a retire son % de %", "a ajoute un rire a %", "a retire son rire de %",
		"a ajoute des points dexclamation a %", "a retire ses points dexclamation de %",
		"a ajoute un point dinterrogation a %", "a retire son point dinterrogation de %", "a ajoute * a %", "a retire * de %",
		"a retire la reaction * a %", "a retire la reaction * de %", "a supprime * de %",
	},
	// de: field for iOS (Textra and QUIK agree), translated for the rest
	{
		"gefallt %", "gefallt nicht %", "% ein herz hinzugefugt", "% ein lachen hinzugefugt",
		"% ein ausrufezeichen hinzugefugt", "% ein fragezeichen hinzugefugt", "hat mit * auf % reagiert",
		"% von % entfernt", "herz von % entfernt", "lachen von % entfernt", "ausrufezeichen von % entfernt",
		"fragezeichen von % entfernt", "* aus % entfernt", "* von % entfernt",
		"* auf % reagiert", "mit * auf % reagiert", "* auf %", "* zu %", "reagierte mit * auf %", "gefiel %", "liebt %",
		"lacht uber %", "lachte uber %", "betont %", "betonte %", "stellt infrage %", "hinterfragte %",
		"hat % mit gefallt mir markiert", "hat % mit % markiert", "hat % mit einem herz markiert", "hat % geliked",
		"hat * von % entfernt",
	},
	// pt: field
	{
		"gostou de %", "nao gostou de %", "curtiu %", "nao curtiu %", "adorou %", "amou %", "riu de %", "riu se de %",
		"enfatizou %", "destacou %", "questionou %", "reagiu com * a %", "reagiu com % a %", "reagiu * a %", "* para %",
		"removeu * de %", "removeu um gostei de %", "removeu um coracao de %", "removeu uma risada de %",
		"removeu uma exclamacao de %", "removeu uma interrogacao de %", "removeu uma curtida de %",
	},
	// it: field (the rows with aggiunto and rimosso), translated for the rest
	{
		"ha aggiunto un cuoricino a %", "ha rimosso il cuoricino da %", "ha aggiunto % a %", "ha rimosso % da %",
		"trova divertente %", "non trova piu divertente %", "ha aggiunto i punti esclamativi a %",
		"ha rimosso i punti esclamativi da %", "ha aggiunto il punto interrogativo a %",
		"ha rimosso il punto interrogativo da %", "ha reagito con * a %", "ha reagito * a %", "ha rimosso * da %",
		"ha messo mi piace a %", "ha messo % a %", "piace %", "non piace %", "adora %", "ha adorato %", "ha riso a %",
		"ha riso per %", "ha enfatizzato %", "ha messo in evidenza %", "ha messo in dubbio %", "ha rimosso un mi piace da %",
		"ha rimosso un cuore da %",
	},
	// nl: field
	{
		"gaf een hartje aan %", "verwijderde een hartje van %", "vond % leuk", "vond % niet leuk",
		"verwijderde een duim omhoog van %", "verwijderde een duim omlaag van %", "lachte om %", "verwijderde een lach van %",
		"benadrukte %", "verwijderde een uitroepteken van %", "zette een vraagteken bij %",
		"verwijderde een vraagteken van %", "reageerde met * op %", "verwijderde * uit %", "* op %",
	},
	// sv, da, nb: field
	{
		"gav ett hjarta till %", "tog bort ett hjarta fran %", "gillade %", "tog bort ett gillande fran %", "ogillade %",
		"tog bort ett ogillande fran %", "skrattade at %", "tog bort ett skratt fran %", "betonade %",
		"tog bort utropstecken fran %", "satte ett fragetecken pa %", "tog bort ett fragetecken fran %",
		"reagerade med * pa %", "tog bort * fran %", "* till %",
		"fojede et hjerte til %", "fjernede et hjerte fra %", "syntes om %", "fjernede et synes om fra %", "syntes ikke om %",
		"fjernede et synes ikke om fra %", "grinede af %", "fjernede et grin fra %", "fojede udrabstegn til %",
		"fjernede et udrabstegn fra %", "fojede et sporgsmalstegn til %", "fjernede et sporgsmalstegn fra %",
		"reagerede med * pa %", "fjernede * fra %", "* til %",
		"satte et hjerte ved %", "fjernet et hjerte fra %", "likte %", "liker ikke lenger %", "mislikte %",
		"misliker ikke lenger %", "lo av %", "fjernet latter fra %", "satte utropstegn ved %", "fjernet et utropstegn fra %",
		"satte sporsmalstegn ved %", "fjernet et sporsmalstegn fra %", "reagerte med * pa %", "fjernet * fra %",
		"la til * for %", "fjernet * for %",
	},
	// ja: translated; the verb stands behind the quotation, and “いいね” in quotes of its own
	{
		"% をいいねしました", "% を % しました", "% に % しました", "% にいいねしました", "% にいいね しました", "% に % と言いました", "% をハートしました",
		"% にハートを付けました", "% にハートをつけました", "% が大好きです", "% が好きです", "% を気に入りました", "% を嫌いました", "% を低評価しました",
		"% によくないねしました", "% に笑いました", "% を笑いました", "% を強調しました", "% に疑問を持ちました", "% に疑問符を付けました",
		"% に質問しました", "% を疑問視しました", "% に * でリアクションしました", "% に * でリアクション", "% に *", "% へ *", "% に * を付けました",
		"* で % にリアクションしました", "% にリアクションしました", "% から * を削除しました", "% からハートを削除しました", "% への * を取り消しました",
		"% の % を取り消しました", "% の % を取り消し", "% から % を削除しました", "% へのリアクションを削除しました",
	},
	// zh, Simplified: field for 喜欢, 不喜欢, 惊叹, 用…回应了 and 对…表示, translated for the rest
	{
		"喜欢 %", "喜欢了 %", "不喜欢 %", "不喜欢了 %", "赞了 %", "踩了 %", "讨厌了 %", "爱了 %", "惊叹 %", "笑了 %", "对 % 大笑", "对 % 表示喜欢",
		"对 % 表示喜爱", "对 % 表示爱心", "对 % 表示不喜欢", "对 % 表示赞", "对 % 表示点赞", "对 % 表示大笑", "对 % 表示哈哈", "对 % 表示惊叹",
		"对 % 表示强调", "对 % 表示疑问", "对 % 表示了喜欢", "对 % 表示了不喜欢", "对 % 表示了喜爱", "对 % 表示了赞", "对 % 表示了大笑",
		"对 % 表示了惊叹", "对 % 表示了强调", "对 % 表示了疑问", "对 % 表示 *", "对 % 表示了 *", "强调了 %", "强调 %", "质疑了 %", "质疑 %",
		"疑问 %", "用 * 回应了 %", "用 * 回应 %", "已用 * 回应 %", "对 % 做出了 * 回应", "对 % 回应了 *", "移除了对 % 的 *", "从 % 移除了 *",
		"从 % 中移除了 *", "* 回复 %", "* 回应 %",
	},
	// zh, Traditional: field for 喜歡, 不喜歡, 驚嘆 and 已用…回應, QUIK's translators for 對…, translated for the rest
	{
		"喜歡 %", "喜歡了 %", "不喜歡 %", "不喜歡了 %", "讚了 %", "按讚 %", "討厭 %", "愛了 %", "驚嘆 %", "笑了 %", "對 % 大笑", "對 % 表示喜歡", "對 % 表示喜愛",
		"對 % 表達喜愛", "對 % 表示不喜歡", "對 % 表示讚", "對 % 表示大笑", "對 % 表示驚嘆", "對 % 表示強調", "對 % 表示疑問", "對 % 按讚",
		"對 % 按倒讚", "對 % 加上驚嘆標記", "對 % 加上問號標記", "對 % 做出 * 反應", "對 % 表示了 *", "對 % 表示 *", "強調了 %", "強調 %",
		"質疑了 %", "質疑 %", "疑問 %", "用 * 回應了 %", "用 * 回應 %", "已用 * 回應 %", "對 % 傳送了 *", "已移除對 % 的愛心", "已移除對 % 的讚",
		"已移除對 % 的倒讚", "已移除對 % 的笑臉反應", "已移除對 % 的驚嘆標記", "已移除對 % 的問號標記", "已移除對 % 的 * 反應", "* 回覆 %", "* 回應 %",
	},
	// ko: translated
	{"% 에 * 반응을 보냈습니다", "% 을 좋아합니다", "% 를 좋아합니다", "% 에 하트를 보냈습니다", "% 에 웃었습니다", "% 를 강조했습니다", "% 을 강조했습니다", "% 에 *"},
	// ru, uk, bg: field for the first seven, translated for the rest
	{
		"посмеялись над %", "отмечено %", "не понравилось %", "понравилось %", "отреагировал а * на сообщение %", "подобається %",
		"піддає сумніву %", "очень понравилось %", "поставлен вопрос на %", "удалено * из %", "эмодзи * на %", "* на %",
		"додано реакцію % на %", "додано реакцію * на %", "реакция * към %",
	},
	// pl, cs, sk: field for sk, QUIK's translators for the rest
	{
		"zareagowal * na %", "usunal * z %", "pokochal %", "polubil %", "zasmial sie z %", "podkreslil %", "zakwestionowal %",
		"reagoval * na %", "odstraneno * z %", "reagira s % na %", "reagira s * na %", "* na %",
	},
	// vi: field
	{
		"da thich %", "da yeu thich %", "da khong thich %", "da cuoi voi %", "da nhan manh %",
		"da nghi van %", "da tuong tac * voi %", "da phan ung * voi %", "da xoa * khoi %", "da tha * cho %",
	},
	// tr, id, el, th, km: field
	{
		"kalp eklendi %", "gulme isareti eklendi %", "soru isareti eklendi %", "soru isareti silindi %", "begenildi %",
		"bereaksi * terhadap %", "menyukai %", "αντεδρασε με * σε %", "ชอบ %", "ตั้งคําถาม %", "* ចំពោះ %",
	},
	// ar: field
	{
		"وضع ت اعجابا علي %", "وضع ت عدم اعجاب علي %", "ضحك ت علي %", "احب ت %", "احبب ت %", "تساءل ت عن %",
		"تفاعل ت * علي %", "اكد ت علي %",
	},
}

// tapbackForms are all forms, to be looked up.
var tapbackForms = formSet(tapbacks)

func formSet(languages [][]string) map[string]bool {
	set := make(map[string]bool, 512)
	for _, forms := range languages {
		for _, form := range forms {
			set[form] = true
		}
	}
	return set
}

// tapbackThings stand in place of the quotation where the reaction is to what has no words, folded.
var tapbackThings = []string{
	"an image", "a photo", "a picture", "a movie", "a video", "an attachment", "a sticker", "an audio message", "a contact",
	"a location",                                                             // en
	"una imagen", "una foto", "un video", "un adjunto", "un archivo adjunto", // es
	"une image", "une photo", "une video", "une piece jointe", // fr
	"ein bild", "ein foto", "ein video", "einen anhang", // de
	"uma imagem", "uma foto", "um video", "um anexo", // pt
	"unimmagine", "una foto", "un allegato", // it
	"een afbeelding", "een foto", "een video", // nl
}
