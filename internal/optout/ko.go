package optout

// koWords are the Korean pack. Advertisements must end in 무료수신거부 or 무료거부 and a way to say so. People set the blank
// or leave it out; folding does not join these, so each spelling is a row.
//
// Left out: 거부, 됐어요 and 아니요, which are everyday answers; 구독, which asks what one is subscribed to.
var koWords = []word{
	{"수신거부", OptOut, []string{kisa}, false},
	{"수신 거부", OptOut, []string{kisa}, false},
	{"무료수신거부", OptOut, []string{kisa}, false},
	{"무료 수신거부", OptOut, []string{kisa}, false},
	{"무료거부", OptOut, []string{kisa}, false},
	{"문자거부", OptOut, []string{customary}, false},
	{"문자 거부", OptOut, []string{customary}, false},
	{"문자중지", OptOut, []string{customary}, false},
	{"문자 중지", OptOut, []string{customary}, false},
	{"문자그만", OptOut, []string{customary}, false},
	{"문자 그만", OptOut, []string{customary}, false},
	{"수신중단", OptOut, []string{customary}, false},
	{"수신 중단", OptOut, []string{customary}, false},
	{"수신중지", OptOut, []string{customary}, false},
	{"수신 중지", OptOut, []string{customary}, false},
	{"수신동의철회", OptOut, []string{customary}, false},
	{"수신동의 철회", OptOut, []string{customary}, false},
	{"수신 동의 철회", OptOut, []string{customary}, false},
	{"구독취소", OptOut, []string{customary}, false},
	{"구독 취소", OptOut, []string{customary}, false},
	{"구독해지", OptOut, []string{customary}, false},
	{"구독 해지", OptOut, []string{customary}, false},
	{"중지", OptOut, []string{customary}, false},
	{"중단", OptOut, []string{customary}, false},
	{"정지", OptOut, []string{customary}, false},
	{"해지", OptOut, []string{customary}, false},
	{"취소", OptOut, []string{customary}, false},
	{"그만", OptOut, []string{customary}, false},

	{"수신동의", OptIn, []string{customary}, false},
	{"수신 동의", OptIn, []string{customary}, false},
	{"구독신청", OptIn, []string{customary}, false},
	{"구독 신청", OptIn, []string{customary}, false},

	{"도움말", Help, []string{customary}, false},
	{"도움", Help, []string{customary}, false},
}

var koYes = []string{"네", "예"}
