package optout

// zhWords are the Chinese pack, in simplified and traditional characters. TD, which texts in China ask for (回复TD退订),
// is in the base.
//
// Left out: the single letters T, R and N, which the same texts ask for (Huawei Cloud: R) and which also answer
// questions with lettered choices: a sender whose text names one adds it as a keyword. 停, 不要, 不用 and 拒绝, which are
// everyday answers; 退出 and 开始, which leave and enter a menu.
var zhWords = []word{
	{"退订", OptOut, []string{customary}, false},
	{"退訂", OptOut, []string{customary}, false},
	{"我要退订", OptOut, []string{customary}, false},
	{"我要退訂", OptOut, []string{customary}, false},
	{"退订短信", OptOut, []string{customary}, false},
	{"退訂短信", OptOut, []string{customary}, false},
	{"退订TD", OptOut, []string{customary}, false},
	{"取消", OptOut, []string{customary}, false},
	{"取消订阅", OptOut, []string{customary}, false},
	{"取消訂閱", OptOut, []string{customary}, false},
	{"取消订阅短信", OptOut, []string{customary}, false},
	{"取消訂閱短訊", OptOut, []string{customary}, false},
	{"停止", OptOut, []string{customary}, false},
	{"停止发送", OptOut, []string{customary}, false},
	{"停止發送", OptOut, []string{customary}, false},
	{"停止接收", OptOut, []string{customary}, false},
	{"拒收", OptOut, []string{customary}, false},
	{"拒收短信", OptOut, []string{customary}, false},
	{"拒收短訊", OptOut, []string{customary}, false},
	{"拒收簡訊", OptOut, []string{customary}, false},
	{"拒绝接收", OptOut, []string{customary}, false},
	{"拒絕接收", OptOut, []string{customary}, false},
	{"不再接收", OptOut, []string{customary}, false},

	{"订阅", OptIn, []string{customary}, false},
	{"訂閱", OptIn, []string{customary}, false},
	{"重新订阅", OptIn, []string{customary}, false},
	{"重新訂閱", OptIn, []string{customary}, false},
	{"恢复订阅", OptIn, []string{customary}, false},
	{"恢復訂閱", OptIn, []string{customary}, false},

	{"帮助", Help, []string{customary}, false},
	{"幫助", Help, []string{customary}, false},
	{"求助", Help, []string{customary}, false},
}

var zhYes = []string{"是", "是的", "好", "好的"}
