"""The words of printed dates in the languages of the world's press: months, weekdays, labels, times of day.

`printed_dates` knows how they stand together. Words are kept as `word_key` has them.
"""

import unicodedata
from collections.abc import Mapping

_MONTHS = """
english    jan january|feb febr february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|nov november|dec december
german     jänner jän januar|feber februar|mär mrz märz|april|mai|juni|juli|august|september|okt oktober|november|dez dezember
french     janv janvier|févr fév fevrier|mars|avr avril|mai|juin|juil juillet|août aout|septembre|octobre|novembre|déc décembre
spanish    ene enero|febrero|marzo|abr abril|mayo|junio|julio|ago agosto|set septiembre setiembre|octubre|noviembre|dic diciembre
italian    gen gennaio|febbraio|marzo|aprile|mag maggio|giu giugno|lug luglio|ago agosto|set settembre|ott ottobre|novembre|dic dicembre
portuguese janeiro|fev fevereiro|março|abril|mai maio|junho|julho|ago agosto|set setembro|out outubro|novembro|dez dezembro
catalan    gener gen|febrer|març|abril|maig|juny|juliol|agost ag|setembre|octubre|novembre|des desembre
galician   xan xaneiro|febreiro|marzo|abril|maio|xuñ xuño|xul xullo|agosto|setembro|outubro|novembro|decembro
basque     urtarrila urtarrilaren|otsaila otsailaren|martxoa martxoaren|apirila apirilaren|maiatza maiatzaren|ekaina ekainaren|uztaila uztailaren|abuztua abuztuaren|iraila irailaren|urria urriaren|azaroa azaroaren|abendua abenduaren
dutch      januari|februari|mrt maart|april|mei|juni|juli|augustus|september|okt oktober|november|december
afrikaans  januarie|februarie|maart|april|mei|junie|julie|augustus|september|oktober|november|desember des
danish     januar|februar|marts|april|maj|juni|juli|august|september|okt oktober|november|december
norwegian  januar|februar|mars|april|mai|juni|juli|august|september|okt oktober|november|des desember
swedish    januari|februari|mars|april|maj|juni|juli|augusti|september|okt oktober|november|december
icelandic  janúar|febrúar|mars|apríl|maí|júní jún|júlí júl|ágúst ágú|september|október okt|nóvember nóv|desember des
finnish    tammi tammikuu tammikuuta|helmi helmikuu helmikuuta|maalis maaliskuu maaliskuuta|huhti huhtikuu huhtikuuta|touko toukokuu toukokuuta|kesä kesäkuu kesäkuuta|heinä heinäkuu heinäkuuta|elo elokuu elokuuta|syys syyskuu syyskuuta|loka lokakuu lokakuuta|marras marraskuu marraskuuta|joulu joulukuu joulukuuta
estonian   jaan jaanuar|veebr veebruar|märts|aprill|mai|juuni|juuli|august|september|okt oktoober|november|dets detsember
latvian    janvāris janvārī janvāra|februāris februārī februāra|marts martā marta|aprīlis aprīlī aprīļa|maijs maijā maija|jūnijs jūnijā jūnija|jūlijs jūlijā jūlija|augusts augustā augusta|septembris septembrī septembra|oktobris oktobrī oktobra|novembris novembrī novembra|decembris decembrī decembra
lithuanian sausio sausis|vasario vasaris|kovo kovas|balandžio balandis|gegužės gegužė|birželio birželis|liepos liepa|rugpjūčio rugpjūtis|rugsėjo rugsėjis|spalio spalis|lapkričio lapkritis|gruodžio gruodis
polish     sty stycznia styczeń|lut lutego luty|marca marzec|kwi kwietnia kwiecień|maja maj|cze czerwca czerwiec|lip lipca lipiec|sie sierpnia sierpień|wrz września wrzesień|paź października październik|lis listopada listopad|gru grudnia grudzień
czech      led ledna leden|úno února únor|bře března březen|dub dubna duben|kvě května květen|června červen|července červenec|srp srpna srpen|zář září|říj října říjen|lis listopadu listopad|pro prosince prosinec
slovak     január januára|február februára|marec marca|apríl apríla|máj mája|jún júna|júl júla|august augusta|september septembra|október októbra|november novembra|december decembra
slovene    januarja|februarja|marca marec|aprila|maja|junija junij|julija julij|avg avgusta avgust|septembra|oktobra|novembra|decembra
croatian   siječnja siječanj sij|veljače veljača velj|ožujka ožujak ožu|travnja travanj tra|svibnja svibanj svi|lipnja lipanj|srpnja srpanj|kolovoza kolovoz kol|rujna rujan ruj|listopada listopad|studenoga studenog studeni stu|prosinca prosinac pro
serbian    januar januara|februar februara|mart marta|april aprila|maj maja|jun juna|jul jula|avgust avgusta|septembar septembra|oktobar oktobra|novembar novembra|decembar decembra
serb_cyr   јан јануар јануара|феб фебруар фебруара|мар март марта|апр април априла|мај маја|јун јуна|јул јула|авг август августа|сеп септембар септембра|окт октобар октобра|нов новембар новембра|дец децембар децембра
macedonian јануари|февруари|март|април|мај|јуни|јули|август|септември|октомври|ноември ное|декември
bulgarian  януари яну|февруари фев|март|април|май|юни|юли|август|септември сеп|октомври окт|ноември ное|декември дек
russian    янв января январь|фев февр февраля февраль|мар марта март|апр апреля апрель|мая май|июн июня июнь|июл июля июль|авг августа август|сен сент сентября сентябрь|окт октября октябрь|ноя нояб ноября ноябрь|дек декабря декабрь
ukrainian  січ січня січень|лют лютого лютий|бер березня березень|кві квіт квітня квітень|тра трав травня травень|чер черв червня червень|лип липня липень|сер серп серпня серпень|вер вересня вересень|жов жовт жовтня жовтень|лис листоп листопада листопад|гру груд грудня грудень
belarusian студзеня студзень|лютага люты|сакавіка сакавік|красавіка красавік|мая май|чэрвеня чэрвень|ліпеня ліпень|жніўня жнівень|верасня верасень|кастрычніка кастрычнік|лістапада лістапад|снежня снежань
kazakh     қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан
romanian   ian ianuarie|februarie|martie|aprilie|mai|iun iunie|iul iulie|august|septembrie|octombrie|noi noiembrie|decembrie
hungarian  január|február febr|március márc|április ápr|május máj|június jún|július júl|augusztus|szeptember szept|október|november|december
greek      ιανουαρίου ιανουάριος ιαν|φεβρουαρίου φεβρουάριος φεβ|μαρτίου μάρτιος μαρ|απριλίου απρίλιος απρ|μαΐου μάιος μαϊ|ιουνίου ιούνιος ιουν|ιουλίου ιούλιος ιουλ|αυγούστου αύγουστος αυγ|σεπτεμβρίου σεπτέμβριος σεπ σεπτ|οκτωβρίου οκτώβριος οκτ|νοεμβρίου νοέμβριος νοε|δεκεμβρίου δεκέμβριος δεκ
albanian   janar|shkurt|mars|prill|maj|qershor|korrik|gusht|shtator|tetor|nëntor|dhjetor
turkish    ocak oca|şubat şub|mart|nisan nis|mayıs|haziran haz|temmuz tem|ağustos ağu|eylül eyl|ekim eki|kasım kas|aralık ara
azeri      yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr
uzbek      yanvar|fevral|mart|aprel|may|iyun|iyul|avgust|sentabr sentyabr|oktabr oktyabr|noyabr|dekabr
georgian   იანვარი იანვარს იან|თებერვალი თებ|მარტი მარ|აპრილი აპრ|მაისი მაი|ივნისი ივნ|ივლისი ივლ|აგვისტო აგვ|სექტემბერი სექ|ოქტომბერი ოქტ|ნოემბერი ნოე|დეკემბერი დეკ
armenian   հունվարի հունվար|փետրվարի փետրվար|մարտի մարտ|ապրիլի ապրիլ|մայիսի մայիս|հունիսի հունիս|հուլիսի հուլիս|օգոստոսի օգոստոս|սեպտեմբերի սեպտեմբեր|հոկտեմբերի հոկտեմբեր|նոյեմբերի նոյեմբեր|դեկտեմբերի դեկտեմբեր
indonesian januari|februari|maret|april|mei|juni|juli|agustus agt|september|oktober|november nopember|desember des
malay      januari|februari|mac|april|mei|jun|julai|ogos ogo|september|oktober|november|disember dis
filipino   enero|pebrero|marso|abril|mayo|hunyo|hulyo|agosto|setyembre|oktubre|nobyembre|disyembre
swahili    januari|februari|machi|aprili|mei|juni|julai|agosti|septemba|oktoba|novemba|desemba
arabic     يناير جانفي|فبراير فيفري|مارس|أبريل ابريل إبريل أفريل|مايو ماي|يونيو يونية جوان|يوليو يوليوز يولية جويلية|أغسطس اغسطس غشت أوت|سبتمبر شتنبر|أكتوبر اكتوبر|نوفمبر نونبر|ديسمبر دجنبر
levantine  كانون_الثاني|شباط|آذار اذار|نيسان|أيار ايار|حزيران|تموز|آب اب|أيلول ايلول|تشرين_الأول تشرين_الاول|تشرين_الثاني|كانون_الأول كانون_الاول
urdu       جنوری|فروری|مارچ|اپریل|مئی|جون|جولائی|اگست|ستمبر|اکتوبر|نومبر|دسمبر
hebrew     ינואר בינואר|פברואר בפברואר|מרץ במרץ מרס במרס|אפריל באפריל|מאי במאי|יוני ביוני|יולי ביולי|אוגוסט באוגוסט|ספטמבר בספטמבר|אוקטובר באוקטובר|נובמבר בנובמבר|דצמבר בדצמבר
hindi      जनवरी जन|फरवरी फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर सितम्बर|अक्टूबर अक्तूबर|नवंबर नवम्बर|दिसंबर दिसम्बर
bengali    জানুয়ারি জানুয়ারী|ফেব্রুয়ারি ফেব্রুয়ারী|মার্চ|এপ্রিল|মে|জুন|জুলাই|আগস্ট|সেপ্টেম্বর|অক্টোবর|নভেম্বর|ডিসেম্বর
tamil      ஜனவரி|பிப்ரவரி|மார்ச்|ஏப்ரல்|மே|ஜூன்|ஜூலை|ஆகஸ்ட்|செப்டம்பர்|அக்டோபர்|நவம்பர்|டிசம்பர்
thai       มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม
thai_short มค|กพ|มีค|เมย|พค|มิย|กค|สค|กย|ตค|พย|ธค
"""  # noqa: E501 - a language a line
_CROATIAN = """
croatian   siječnja siječanj sij|veljače veljača velj|ožujka ožujak ožu|travnja travanj tra|svibnja svibanj svi|lipnja lipanj|srpnja srpanj|kolovoza kolovoz kol|rujna rujan ruj|listopada listopad|studenoga studenog studeni stu|prosinca prosinac pro
"""  # noqa: E501
_PERSIAN = "فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"
_WEEKDAYS = """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat
    sun
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
    lunes martes miercoles jueves viernes sabado domingo mie jue vie sab dom
    lunedi martedi mercoledi giovedi venerdi gio segunda terca quarta quinta sexta feira seg ter qua qui sex
    dilluns dimarts dimecres dijous divendres dissabte diumenge astelehena asteartea asteazkena osteguna
    ostirala larunbata igandea maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
    mandag tirsdag onsdag torsdag fredag lordag sondag søndag lørdag man tir ons tor tors fre lor son
    mandag manudagur þriðjudagur miðvikudagur fimmtudagur fostudagur laugardagur sunnudagur
    tisdag lordag maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai ti ke to pe la su
    maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina
    esmaspaev teisipaev kolmapaev neljapaev reede laupaev puhapaev pirmdiena otrdiena tresdiena ceturtdiena
    piektdiena sestdiena svetdiena pirmadienis antradienis treciadienis ketvirtadienis penktadienis
    sestadienis sekmadienis poniedzialek wtorek sroda czwartek piatek sobota niedziela pon wt sr czw pt sob
    nd niedz pondeli utery streda ctvrtek patek nedele po ut st ct pa ne pondelok utorok stvrtok piatok
    ponedeljek torek cetrtek petek nedelja ponedjeljak utorak srijeda cetvrtak petak subota nedjelja
    ponedeljak sreda hetfo kedd szerda csutortok pentek szombat vasarnap
    luni marti miercuri joi vineri sambata duminica hene marte merkure enjte premte shtune diel
    pazartesi sali carsamba persembe cuma cumartesi pazar pzt paz per cum cmt
    понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
    понеділок вівторок середа четвер пятниця субота неділя нд понедельника вторника среды четверга пятницы
    субботы воскресенья понедилок панядзелак аўторак чацвер пятніца нядзеля понеделник вторник сряда
    четвъртък петък събота неделя понедељак уторак четвртак петак недеља вторник сабота недела
    дуйсенби сейсенби сарсенби бейсенби жума сенби жексенби
    δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο κυριακη δευ τρι τετ πεμ παρ σαβ κυρ
    ორშაბათი სამშაბათი ოთხშაბათი ხუთშაბათი პარასკევი შაბათი კვირა
    senin selasa rabu kamis jumat sabtu minggu ahad isnin khamis jumaat lunes martes miyerkules huwebes
    biyernes linggo jumatatu jumanne jumatano alhamisi ijumaa jumamosi jumapili
    الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت الأحد الاحد
    دوشنبه سهشنبه چهارشنبه پنجشنبه پنج جمعه شنبه یکشنبه سه چهار پیر منگل بدھ جمعرات ہفتہ اتوار
    יום שני שלישי רביעי חמישי שישי שבת ראשון ב ה ו א ג ד
    सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार सोम मंगल बुध गुरु शुक्र शनि रवि
    সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার শনিবার রবিবার
    திங்கள் செவ்வாய் புதன் வியாழன் வெள்ளி சனி ஞாயிறு
    วันพฤหัสบดีที่ วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์ วันเสาร์ วันอาทิตย์ พฤหัสบดี จันทร์
    อังคาร พุธ ศุกร์ เสาร์ อาทิตย์
    thu hai ba tu nam sau bay chu nhat
    周一 周二 周三 周四 周五 周六 周日 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 週一 週二
    週三 週四 週五 週六 週日
    月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 月 火 水 木 金 土 日 월 화 수 목 금 토 일 월요일
    화요일 수요일 목요일 금요일
    토요일 일요일
"""
_LABELS = """
    published posted publication publish date dated issued created written released filed first original
    online
    article news story
    veröffentlicht erschienen erstellt stand datum artikel publikation
    publié publiée parution créé écrit rédigé publication
    publicado publicada publicación fecha creado actualidad publicat publicada
    pubblicato pubblicata pubblicazione data ora creato
    publicação publicada criado gepubliceerd geplaatst datum publicatie udgivet offentliggjort oprettet
    publisert publicerad publicerat publicerades skapad opprettet birt
    julkaistu julkaisu avaldatud publicēts paskelbta publikuota
    opublikowano opublikowany opublikowana dodano data dodania publikacja publikacji utworzono
    publikováno vydáno zveřejněno publikované zverejnené pridané objavljeno objavljen objavi objava datum
    megjelent közzétéve publicat publicată postat publikuar
    yayınlanma yayınlandı yayın tarihi tarih giriş oluşturulma eklenme haber
    опубликовано опубликована дата публикации размещено создано опубліковано дата публікації публікація
    створено додано публикувано публикувана објављено апублікавана жарияланды
    δημοσίευση δημοσιεύθηκε δημοσιεύτηκε δημοσιευμένο ημερομηνία
    გამოქვეყნდა dipublikasikan diterbitkan terbit tayang disiarkan nailathala
    نشر نشرت النشر تاريخ بتاريخ تم في انتشار منتشر تاریخ اشاعت شائع
    פורסם פורסמה תאריך प्रकाशित प्रकाशन प्रकाशित: প্রকাশ প্রকাশিত প্রকাশের தேதி வெளியானது เผยแพร่ เผยแพร่เมื่อ
    đăng ngày lúc xuất bản
    发布 发布时间 发表 发表于 发布于 时间 日期 來源 发表时间 來源 来源 發布 發布時間 發表 發佈 發佈時間
    公開 公開日 掲載 配信 投稿日 日時
    입력 등록 게재 발행 작성 승인 기사입력 기사등록 송고 입력시간 입력일
"""
_UPDATES = """
    updated update last modified modification revised edited changed upd lastmod amended
    aktualisiert aktualisierung geändert zuletzt überarbeitet upd
    actualisé actualisée modifié modifiée maj jour mise mis actualizado actualizada actualización
    modificado última
    modificada actualitzat actualitzada aggiornato aggiornata aggiornamento modifica modificato ultimo
    atualizado atualizada atualização última bijgewerkt gewijzigd aangepast opdateret oppdatert uppdaterad
    uppdaterat ändrad uppfært päivitetty muokattu uuendatud atjaunots atnaujinta
    aktualizacja zaktualizowano aktualizováno aktualizované aktualizace upraveno posodobljeno ažurirano
    izmijenjeno
    frissítve frissült módosítva actualizat actualizată modificat përditësuar
    güncelleme güncellendi güncellenme değiştirilme son
    обновлено обновлена изменено оновлено змінено відредаговано обновена актуализирана ажурирано
    ενημέρωση ενημερώθηκε τελευταία განახლდა diperbarui dikemaskini pembaruan
    تحديث آخر محدث آخرین بروزرسانی روزرسانی אפשרי עודכן עדכון अपडेट अद्यतन আপডেট อัปเดต อัพเดต
    cập nhật
    更新 更新日 更新时间 更新時間 更新于 更新於 最終更新 最終更新日 最后更新 수정 최종수정 업데이트 최종
"""
_JOINTS = """
    at on of the by and to a as from in about us local time hours hrs hr h o clock noon
    am um uhr den der vom ab gegen kl klo kello le la les aujourd’hui à a de du el las los del il lo alle
    ore ora orario di
    em o os horário às as hs horas hora h van om uur op ob pa på den d dia día dio dnia dn godz godzina o
    v ve godin hod hodin
    u sati saat saati i m metų m d g gada r roku rok року рік р г год года году в во о об на від та і у
    жылы жылғы ж ч оны сар
    την της στις στο και ώρα ωρα στις
    pukul pk jam hari tanggal jam noong ng saa kwa
    في الساعة على و م هـ ه ساعت در کو بجے بج شام صبح عند ق
    בשעה את ל ב को पर बजे ই এ টা মি น เวลา เมื่อ พศ ค ศ
    ngày tháng năm giờ phút gmt utc
    時 分 公開 年 于 於 在 星期 の 에 현재
    minutes min read est
"""
_ZONES = {
    "мск": "MSK",
    "heure de paris": "Europe/Paris",
    "hora peninsular": "Europe/Madrid",
    "moscow time": "MSK",
    "по московскому времени": "MSK",
    "kyiv time": "Europe/Kyiv",
    "за києвом": "Europe/Kyiv",
    "beijing time": "Asia/Shanghai",
    "北京时间": "Asia/Shanghai",
    "北京時間": "Asia/Shanghai",
    "台北時間": "Asia/Taipei",
    "日本時間": "JST",
    "بتوقيت غرينتش": "GMT",
    "بتوقيت غرينيتش": "GMT",
    "توقيت غرينتش": "GMT",
    "ora italiana": "Europe/Rome",
    "eastern time": "ET",
    "pacific time": "PT",
    "central time": "CT",
    "london time": "Europe/London",
    "brasília": "America/Sao_Paulo",
    "hora de brasília": "America/Sao_Paulo",
    "türkiye saati": "TRT",
}
_AFTERNOON = """
    pm p.m. p.m p下午 下午 晚上 午後 오후 μ.μ. μμ م مساء مساءً عصر بعدازظهر בערב ch öğleden du.
"""
_MORNING = "am a.m. a.m 上午 早上 凌晨 午前 오전 π.μ. πμ ص صباحا صباحاً sa de."


def word_key(word: str) -> str:
    """A word without case, accents, dots and apostrophes, as the tables have it."""
    plain = unicodedata.normalize("NFD", word.casefold().replace("ı", "i"))
    return "".join(letter for letter in plain if letter not in ".'’" and not unicodedata.combining(letter))


def _keys(words: str) -> frozenset[str]:
    return frozenset(map(word_key, words.split()))


def _months(written: str) -> dict[str, int]:
    """Names of months → their numbers; where languages disagree, the one that is listed first counts."""
    found: dict[str, int] = {}
    for line in written.strip().splitlines():
        for number, names in enumerate(line.partition(" ")[2].split("|"), start=1):
            for name in names.split():
                found.setdefault(word_key(name), number)
    return found


MONTHS: Mapping[str, int] = _months(_MONTHS)
"""Names of months in any language → 1 to 12."""
CROATIAN: Mapping[str, int] = _months(_CROATIAN)
"""Names of months in Croatian and Bosnian, where listopad is October."""
PERSIAN: Mapping[str, int] = {
    word_key(name): month for month, name in enumerate(_PERSIAN.split("|"), start=1)
}
"""Names of months of the Iranian calendar → 1 to 12."""
UPDATES = _keys(_UPDATES)
"""Words that say that a text was changed."""
RELEASES = _keys(_LABELS) - UPDATES
"""Words that say that a text was published, and others that stand before such a date."""
AROUND = _keys(_WEEKDAYS) | _keys(_LABELS) | UPDATES | _keys(_JOINTS)
"""Words that may stand around a date and are no part of it."""
AFTERNOON, MORNING = _keys(_AFTERNOON), _keys(_MORNING)
ZONES: Mapping[str, str] = _ZONES
"""Phrases that name a zone → its abbreviation or IANA name."""
