package optout

// viWords are the Vietnamese pack. Tone marks and đ fold away, and many texts come without them. The decree on spam
// (91/2020) asks for a way to refuse by text; carriers ask for TC, từ chối.
//
// DỪNG ("stop") folds to the same as đúng ("correct"), an everyday answer. Nothing in the matching form tells them
// apart, and a STOP must not be lost.
//
// Left out: THÔI, KHÔNG and KẾT THÚC, which are everyday answers; DK, which people elsewhere write for "don't know".
var viWords = []word{
	{"TC", OptOut, []string{viettel}, false},
	{"TỪ CHỐI", OptOut, []string{customary}, false},
	{"TUCHOI", OptOut, []string{customary}, false},
	{"TỪ CHỐI QC", OptOut, []string{customary}, false},
	{"TỪ CHỐI QUẢNG CÁO", OptOut, []string{customary}, false},
	{"TỪ CHỐI NHẬN TIN", OptOut, []string{customary}, false},
	{"HỦY", OptOut, []string{viettel}, false},
	{"HỦY ĐĂNG KÝ", OptOut, []string{customary}, false},
	{"HUYDANGKY", OptOut, []string{customary}, false},
	{"HỦY NHẬN TIN", OptOut, []string{customary}, false},
	{"HỦY SMS", OptOut, []string{customary}, false},
	{"HỦY QC", OptOut, []string{customary}, false},
	{"DỪNG LẠI", OptOut, []string{customary}, false},
	{"DỪNG", OptOut, []string{customary}, false},
	{"DỪNG GỬI", OptOut, []string{customary}, false},
	{"DỪNG GỬI TIN", OptOut, []string{customary}, false},
	{"DỪNG NHẮN TIN", OptOut, []string{customary}, false},
	{"NGƯNG", OptOut, []string{customary}, false},
	{"NGƯNG GỬI", OptOut, []string{customary}, false},
	{"NGỪNG GỬI TIN", OptOut, []string{customary}, false},
	{"KHÔNG NHẬN TIN", OptOut, []string{customary}, false},
	{"KHÔNG NHẬN QUẢNG CÁO", OptOut, []string{customary}, false},

	{"ĐĂNG KÝ LẠI", OptIn, []string{customary}, false},
	{"ĐĂNG KÝ NHẬN TIN", OptIn, []string{customary}, false},

	{"TRỢ GIÚP", Help, []string{customary}, false},
	{"TROGIUP", Help, []string{customary}, false},
}

var viYes = []string{"CÓ", "ĐỒNG Ý"}
