package optout

// jaWords are the Japanese pack. The law on e-mail, which holds for texts too, asks for a way out and names no word;
// senders write 配信停止. Half-width kana fold to the same.
//
// Left out: 不要, いいえ and 結構です, which are everyday answers; キャンセル and 中止, which cancel a booking; 登録, 購読 and
// 再開, which are said of anything.
var jaWords = []word{
	{"停止", OptOut, []string{customary}, false},
	{"配信停止", OptOut, []string{customary}, false},
	{"配信停止希望", OptOut, []string{customary}, false},
	{"配信解除", OptOut, []string{customary}, false},
	{"配信拒否", OptOut, []string{customary}, false},
	{"配信不要", OptOut, []string{customary}, false},
	{"受信拒否", OptOut, []string{customary}, false},
	{"受信停止", OptOut, []string{customary}, false},
	{"登録解除", OptOut, []string{customary}, false},
	{"購読解除", OptOut, []string{customary}, false},
	{"購読停止", OptOut, []string{customary}, false},
	{"解除", OptOut, []string{customary}, false},
	{"退会", OptOut, []string{customary}, false},
	{"やめる", OptOut, []string{customary}, false},
	{"メール停止", OptOut, []string{customary}, false},
	{"メッセージ停止", OptOut, []string{customary}, false},
	{"SMS停止", OptOut, []string{customary}, false},
	{"SMS配信停止", OptOut, []string{customary}, false},
	{"ストップ", OptOut, []string{customary}, false},

	{"配信再開", OptIn, []string{customary}, false},
	{"配信希望", OptIn, []string{customary}, false},
	{"購読再開", OptIn, []string{customary}, false},

	{"ヘルプ", Help, []string{customary}, false},
}

var jaYes = []string{"はい"}
