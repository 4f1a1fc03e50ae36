package keywords

// quoteHeaders are how mail programs and gateways introduce a quotation, one row a language: how the line begins,
// what it holds and the word before its colon, all folded. The wording is that of Gmail and Apple Mail.
var quoteHeaders = []struct{ begins, within, ends string }{
	{begins: "on", ends: "wrote"},                                        // en
	{begins: "el", ends: "escribio"},                                     // es
	{begins: "le", ends: "a ecrit"},                                      // fr
	{begins: "am", ends: "schrieb"}, {begins: "am", within: " schrieb "}, // de: the name may stand behind the verb
	{begins: "em", ends: "escreveu"}, {begins: "a", ends: "escreveu"}, // pt
	{begins: "il", ends: "ha scritto"}, {begins: "il giorno", ends: "scrive"}, // it
	{begins: "op", ends: "schreef"}, {begins: "op", within: " schreef "}, // nl
	{begins: "den", ends: "skrev"}, {begins: "den", within: " skrev "}, // sv, da, nb
	{begins: "dnia", ends: "napisal a"}, {ends: "napisal a"}, // pl: napisał(a):
	{ends: "tarihinde sunu yazdi"}, {within: " tarihinde ", ends: "sunu yazdi"}, // tr
	{within: " г ", ends: "написал"}, {within: " г ", ends: "написал а"}, // ru: 2 мар. 2026 г. … написал(а):
	{begins: "于", ends: "写道"}, {begins: "在", ends: "写道"}, {within: "于", ends: "写道"}, // zh, Simplified
	{begins: "於", ends: "寫道"}, {begins: "在", ends: "寫道"}, {within: "於", ends: "寫道"}, // zh, Traditional
	{within: "年", ends: "のメール"}, {within: "年", ends: "のメッセージ"}, {ends: "のメール"}, // ja: Apple Mail
	{within: "月", ends: "のメッセージ"}, {within: "日", ends: "が書き込みました"}, // ja
	{within: "년 ", ends: "작성"}, {within: "년 ", ends: "님이 작성"}, // ko
}

// originals are the lines by which Outlook, Samsung and Gmail part a message from the one below, between dashes.
var originals = []string{
	"original message", "reply message", "forwarded message", // en
	"mensaje original", "mensaje reenviado", // es
	"message original", "message d origine", "message dorigine", "message transfere", // fr
	"ursprungliche nachricht", "originalnachricht", "weitergeleitete nachricht", // de
	"mensagem original", "mensagem encaminhada", // pt
	"messaggio originale", "messaggio inoltrato", // it
	"oorspronkelijk bericht", "doorgestuurd bericht", // nl
	"ursprungligt meddelande", "originalmeddelande", "wiadomosc oryginalna", "orijinal mesaj", // sv, pl, tr
	"исходное сообщение", "оригинальное сообщение", // ru
	"原始邮件", "原始郵件", "原始信件", "元のメッセージ", "original message from", // zh, ja
}

// fromLabels and sentLabels begin the first two lines of the block that Outlook puts above a quotation, folded, in
// the languages above. Only both together tell: "From: Boston" and "To: New York" are somebody's trip.
var (
	fromLabels = []string{
		"from", "de", "von", "da", "van", "fran", "fra", "od", "kimden", "gonderen", "от", "发件人", "寄件者", "寄件人", "差出人",
		"보낸 사람",
	}
	sentLabels = []string{
		"sent", "date", "enviado", "enviado el", "enviada em", "fecha", "data", "envoye", "gesendet", "datum", "inviato",
		"verzonden", "skickat", "sendt", "wyslano", "gonderildi", "tarih", "отправлено", "дата", "发送时间", "日期", "寄件日期",
		"傳送時間", "送信日時", "日時", "보낸 날짜",
	}
)
