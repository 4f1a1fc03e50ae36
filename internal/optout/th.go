package optout

// thWords are the Thai pack. Thai sets no blanks between words, so a phrase is one word here. ยกเลิก is how Thai
// carriers and senders ask for CANCEL.
//
// Left out: พอ ("enough"), ไม่ and ไม่เอา, which are everyday answers; ออก; สมัคร, which also applies for a job.
var thWords = []word{
	{"หยุดครับ", OptOut, []string{customary}, false},
	{"หยุดค่ะ", OptOut, []string{customary}, false},
	{"ยกเลิกครับ", OptOut, []string{customary}, false},
	{"ยกเลิกค่ะ", OptOut, []string{customary}, false},
	{"เลิกครับ", OptOut, []string{customary}, false},
	{"เลิกค่ะ", OptOut, []string{customary}, false},
	{"หยุด", OptOut, []string{customary}, false},
	{"หยุดส่ง", OptOut, []string{customary}, false},
	{"หยุดส่งข้อความ", OptOut, []string{customary}, false},
	{"หยุดรับข้อความ", OptOut, []string{customary}, false},
	{"หยุดส่ง SMS", OptOut, []string{customary}, false},
	{"สต็อป", OptOut, []string{customary}, false},
	{"ยกเลิก", OptOut, []string{customary}, false},
	{"เลิก", OptOut, []string{customary}, false},
	{"ยกเลิก SMS", OptOut, []string{customary}, false},
	{"ยกเลิกSMS", OptOut, []string{customary}, false},
	{"ยกเลิกข้อความ", OptOut, []string{customary}, false},
	{"ยกเลิกรับข้อความ", OptOut, []string{customary}, false},
	{"ยกเลิกการรับข้อความ", OptOut, []string{customary}, false},
	{"ยกเลิกรับข่าวสาร", OptOut, []string{customary}, false},
	{"ยกเลิกการสมัคร", OptOut, []string{customary}, false},
	{"เลิกรับข้อความ", OptOut, []string{customary}, false},
	{"ไม่รับข้อความ", OptOut, []string{customary}, false},
	{"ไม่รับข่าวสาร", OptOut, []string{customary}, false},
	{"ไม่รับ SMS", OptOut, []string{customary}, false},

	{"สมัครรับข้อความ", OptIn, []string{customary}, false},
	{"สมัครรับข่าวสาร", OptIn, []string{customary}, false},

	{"ช่วยเหลือ", Help, []string{customary}, false},
	{"ช่วยด้วย", Help, []string{customary}, false},
	{"ขอความช่วยเหลือ", Help, []string{customary}, false},
}

var thYes = []string{"ใช่", "ใช่ครับ", "ใช่ค่ะ"}
