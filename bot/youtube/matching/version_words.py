"""Words that tell one version of a song from another, in the languages people title videos in.

Data only. A word stands as people write it; `lexicon` folds it, so accents and case do
not matter. Latin, Cyrillic, Greek, Arabic, Hebrew and Indian words are found between spaces;
Japanese, Chinese, Korean and Thai words anywhere, as those scripts set no spaces. A language
appears where its word differs from the English one, which is understood everywhere.
"""

from __future__ import annotations

from typing import Final

# What makes it another recording than the one that is meant, by kind. Both sides must agree.
VERSIONS: Final[dict[str, dict[str, str]]] = {
    "live": {
        "en": (
            "live, concert, unplugged live, livestream, in concert, "
            "concert version, live session, live performance, performance, performs, "
            "performing, world tour, fancam, encore, soundcheck, rehearsal, live lounge, "
            "tiny desk, on stage, bbc radio, late show, tonight show, open air, festival"
        ),
        "es": "en vivo, en directo, concierto, directo, vivo, presentación, gira, recital",
        "pt": "ao vivo, show completo, dvd, dvd ao vivo, na íntegra",
        "fr": "en direct, en concert, en public, live à",
        "de": "konzert, auftritt, live aus, live im, im konzert",
        "it": "dal vivo, concerto, in concerto, diretta",
        "nl": "concert, optreden",
        "tr": "canlı, konser, konseri, canlı performans, sahne",
        "ru": (
            "лайв, концерт, живой звук, вживую, живое выступление, живьем, концертная, выступление"
        ),
        "uk": "наживо, концерт, живий звук",
        "pl": "na żywo, koncert, koncertowa, występ",
        "cs": "naživo, živě, koncert",
        "hu": "élőben, koncert",
        "ro": "în concert, concert",
        "sv": "konsert, livespelning",
        "fi": "livenä, konsertti",
        "el": "ζωντανά, λάιβ, συναυλία",
        "ja": "ライブ, ライヴ, 生演奏, コンサート, 生歌, ツアー",
        "ko": "라이브, 콘서트, 직캠, 무대",
        "zh": "现场, 現場, 演唱会, 演唱會, 音乐会, 音樂會, 現場版, 巡演",
        "hi": "लाइव, कॉन्सर्ट",
        "ar": "لايف, حفلة, حفل, مباشر, مهرجان",
        "he": "לייב, בהופעה, הופעה, הופעה חיה",
        "id": "konser, langsung, secara langsung, panggung",
        "vi": "trực tiếp, biểu diễn",
        "th": "การแสดงสด, คอนเสิร์ต, แสดงสด",
    },
    "acoustic": {
        "en": "acoustic, unplugged, stripped, stripped down, strip version, acoustically, akustik",
        "es": "acústico, acústica, desenchufado",
        "pt": "acústico, voz e violão",
        "fr": "acoustique, guitare voix, piano voix",
        "de": "akustisch, akustik",
        "it": "acustico, acustica, chitarra e voce",
        "nl": "akoestisch",
        "tr": "akustik",
        "ru": "акустика, акустическая, акустический, под гитару",
        "pl": "akustycznie, akustyczna, akustyczny",
        "ja": "アコースティック, 弾き語り, アンプラグド",
        "ko": "어쿠스틱",
        "zh": "不插电, 不插電, 弹唱, 彈唱, 木吉他版",
        "hi": "अकूस्टिक",
        "ar": "أكوستيك, اكوستيك",
        "he": "אקוסטי, אקוסטית",
        "id": "akustik",
    },
    "session": {
        "en": (
            "session, sessions, studio session, studio live, in studio, in the studio, dj set, "
            "peel session, colors show, radio session, one take, live in studio"
        ),
        "es": "sesión, sesiones",
        "pt": "sessão",
        "it": "sessione",
        "ru": "сессия",
        "ja": "セッション, ファーストテイク",
        "ko": "세션",
    },
    "demo": {
        "en": (
            "demo, demos, rough mix, work in progress, outtake, early version, rough cut, "
            "alternate take, alternate version, alternative version, alternate mix, take 1, "
            "take 2, take 3, unreleased, snippet, preview, leak, leaked"
        ),
        "es": "maqueta, adelanto",
        "fr": "maquette, extrait",
        "de": "rohfassung, ausschnitt",
        "it": "provino, anteprima",
        "tr": "kısa kesit",
        "ru": "демо, сниппет, отрывок",
        "pl": "wersja robocza, zapowiedź",
        "ja": "デモ, 試聴",
        "ko": "데모, 미리듣기",
        "zh": "试听, 試聽, 小样",
        "id": "cuplikan",
    },
    "remix": {
        "en": (
            "remix, remixed, rmx, rework, reworked, bootleg, flip, vip, vip mix, dub mix, "
            "club mix, dance mix, house mix, refix, remake, re edit, redux, mixshow, remixes, "
            "reimagined, dub, trap mix, tech house, drum and bass, dnb, hardstyle, "
            "techno version, phonk, jersey club, club version, house version, dance version, "
            "disco version, drill version, remixed by"
        ),
        "es": "remezcla, versión club",
        "pt": "remixado, versão funk, versão forró, funk remix, piseiro",
        "fr": "remixé, remixe",
        "de": "remixt, klubmix",
        "it": "remixato",
        "tr": "remiks",
        "ru": "ремикс, ремікс",
        "pl": "remiks",
        "el": "ρεμίξ",
        "ja": "リミックス",
        "ko": "리믹스",
        "zh": "混音, 重混, 混音版, dj版, 电音版",
        "hi": "रीमिक्स",
        "ar": "ريمكس, ريميكس",
        "he": "רמיקס",
        "id": "dj remix, full bass, koplo, versi koplo, dangdut koplo",
        "th": "รีมิกซ์",
    },
    "mix": {
        "en": "mix",
        "es": "mezcla",
        "ru": "микс",
        "ja": "ミックス",
        "ko": "믹스",
    },
    "extended": {
        "en": (
            "extended, extended mix, extended version, long version, full length version, 12 inch"
        ),
        "es": "extendida, extendido, versión larga",
        "pt": "estendida, versão estendida",
        "fr": "version longue",
        "de": "langfassung, lange version",
        "it": "estesa, versione estesa",
        "tr": "uzun versiyon",
        "ru": "расширенная версия, длинная версия",
        "pl": "wersja rozszerzona, wersja długa",
        "ja": "ロングバージョン, エクステンデッド",
        "zh": "加长版, 加長版",
        "id": "versi panjang",
    },
    "edit": {
        "en": (
            "edit, edited, edited version, radio edit, radio mix, radio version, short version, "
            "short edit, tv size, tv edit, tv version, cut version, video edit, movie ver, "
            "movie version, film version, short ver"
        ),
        "es": "versión radio, versión corta",
        "pt": "versão rádio, versão curta",
        "fr": "version radio, version courte",
        "de": "radiofassung, kurzfassung",
        "it": "versione radio, versione breve",
        "tr": "radyo versiyonu",
        "ru": "радио версия, радиоверсия, эдит",
        "pl": "wersja radiowa, wersja skrócona",
        "ja": "ラジオ・エディット, ラジオエディット, エディット, テレビサイズ, ショートバージョン",
        "ko": "라디오 에디트",
        "zh": "电台版, 電台版",
        "id": "versi radio",
    },
    "instrumental": {
        "en": (
            "instrumental, instrumentals, backing track, off vocal, no vocals, without vocals, "
            "minus one, playback, beat only, type beat, stems, vocals only, isolated vocals, "
            "acapella, a cappella, acappella, a capella, drumless, bass only, guitar only, "
            "no lyrics"
        ),
        "es": "pista, instrumentales, sin voz, base de rap, a capela",
        "pt": "sem voz, base instrumental",
        "fr": "instrumentale, sans voix, bande son",
        "de": "ohne gesang",
        "it": "strumentale, base musicale, senza voce",
        "tr": "enstrümantal, enstrumantal, altyapı, altyapısı",
        "ru": "инструментал, минус, минусовка, инструментальная, акапелла",
        "pl": "instrumentalna, instrumentalny, podkład, podkład muzyczny",
        "el": "ορχηστρικό",
        "ja": "インスト, インストゥルメンタル, オフボーカル, アカペラ",
        "ko": "인스트루멘탈, 반주, 아카펠라, 엠알",
        "zh": "伴奏, 纯音乐, 純音樂, 纯享伴奏, 清唱",
        "hi": "इंस्ट्रुमेंटल, वाद्य",
        "ar": "موسيقى فقط, بدون موسيقى, عزف",
        "he": "אינסטרומנטלי, פלייבק",
        "id": "instrumen, minus one, tanpa vokal",
    },
    "karaoke": {
        "en": (
            "karaoke, sing along, singalong, karaoke version, with guide melody, guide vocal, "
            "in the style of, sing king, lower key, higher key, karafun"
        ),
        "es": "para cantar, estilo de",
        "pt": "karaokê, videokê, para cantar",
        "fr": "karaoké, à la manière de",
        "de": "zum mitsingen, im stil von",
        "it": "caraoche, con cori, nello stile di",
        "tr": "karaoke, md altyapı",
        "ru": "караоке",
        "uk": "караоке",
        "el": "καραόκε",
        "ja": "カラオケ, ガイドメロディ",
        "ko": "노래방, 가라오케, 금영",
        "zh": "卡拉ok, ktv, 導唱, 导唱, 消音",
        "hi": "कराओके",
        "ar": "كاريوكي, كاراوكي",
        "he": "קריוקי",
        "id": "karaoke, tanpa vocal",
        "th": "คาราโอเกะ",
    },
    "cover": {
        "en": (
            "cover, covers, covered, cover by, cover version, tribute, tribute to, a tribute, "
            "as made famous by, made famous by, originally performed by, in the style, "
            "impersonation, parody, rendition, violin version, cello version, guitar version, "
            "piano version, piano cover, piano solo, piano, ukulele, fingerstyle, saxophone, "
            "harp, kalimba, music box, lullaby, orchestral version, orchestra version, "
            "symphonic version, symphonic, string quartet, metal version, rock version, "
            "punk version, jazz version, 8 bit, 8bit, chiptune, midi, emulation, by piano, "
            "cover song, duet cover, bossa nova version, choir version, synthesia, lofi, lo fi, "
            "lofi version, cover mix, as performed by, kids version, workout mix, "
            "workout version, bardcore, ai cover, voice cover, recreation, originally by, "
            "inspired by"
        ),
        "es": (
            "versión de, tributo, tributo a, homenaje, homenaje a, parodia, versión piano, canta, "
            "versión cumbia, versión salsa"
        ),
        "pt": "versão de, tributo, homenagem, paródia",
        "fr": "hommage, hommage à, parodie",
        "de": "coverversion, klavier, nachgespielt, gecovert, parodie, hommage",
        "it": "tributo, tributo a, omaggio, omaggio a, parodia, versione piano, cover di",
        "nl": "pianoversie, eerbetoon",
        "tr": "yorum, yorumu, coverı, piyano, keman, saygı",
        "ru": "кавер, кавер версия, пародия, перепел, перепела, на пианино, на гитаре, трибьют",
        "uk": "кавер, пародія",
        "pl": "cover, hołd, przeróbka, parodia, na pianinie, na gitarze",
        "el": "διασκευή",
        "ja": (
            "カバー, 歌ってみた, 弾いてみた, 演奏してみた, 叩いてみた, ピアノ, オルゴール, "
            "踊ってみた"
        ),
        "ko": "커버, 피아노, 불러보았다",
        "zh": "翻唱, 钢琴, 鋼琴, 吉他版, 致敬, 翻奏, 小提琴, 古筝",
        "hi": "कवर",
        "ar": "كفر, غناء, تقليد, بيانو",
        "he": "קאבר, גרסת כיסוי, פסנתר, מחווה",
        "id": "cover, versi piano, dinyanyikan",
        "th": "คัฟเวอร์",
    },
    "fast": {  # at another speed
        "en": (
            "sped up, speed up, spedup, sped, faster, nightcore, pitched, pitch, higher pitch, "
            "pitched up, fast version, chipmunk, chipmunks, x2, tiktok version, speed, "
            "speed songs, hypertechno"
        ),
        "es": "acelerada, acelerado, más rápida, más rápido",
        "pt": "acelerada, acelerado, mais rápida",
        "fr": "accéléré, accélérée",
        "de": "schneller, beschleunigt",
        "it": "velocizzata, velocizzato",
        "nl": "versneld",
        "tr": "hızlandırılmış, hızlı versiyon, hızlı",
        "ru": "ускоренная, ускорено, ускоренный, найткор, спид ап",
        "uk": "прискорена",
        "pl": "przyspieszona, przyśpieszona, przyspieszone, przyspieszony",
        "ja": "倍速, ナイトコア, 高速",
        "ko": "배속, 빠르게, 나이트코어",
        "zh": "加速, 加速版, 倍速",
        "hi": "तेज़",
        "ar": "مسرعة, مسرع, تسريع",
        "he": "מואץ",
        "id": "dipercepat, versi cepat",
    },
    "slow": {
        "en": (
            "slowed, slowed down, slowed reverb, slow version, slow, reverb, super slowed, "
            "ultra slowed, daycore, chopped and screwed, screwed, chopped, pitched down, "
            "lower pitch, anti nightcore, vaporwave, doomer, doomerwave"
        ),
        "es": "lenta, ralentizada, ralentizado, más lenta",
        "pt": "lenta, desacelerada, mais lenta",
        "fr": "ralenti, ralentie",
        "de": "langsamer, verlangsamt",
        "it": "rallentata, rallentato",
        "nl": "vertraagd",
        "tr": "yavaşlatılmış, yavaş",
        "ru": "замедленная, замедлено, замедленный, с реверб, слоуд",
        "uk": "сповільнена",
        "pl": "spowolniona, zwolniona, spowolnione",
        "ja": "スローリバーブ, スロー",
        "ko": "느리게, 슬로우",
        "zh": "慢速, 减速, 减速版, 慢放, 降调",
        "ar": "بطيء, بطيئة, تبطيء",
        "he": "מואט",
        "id": "diperlambat, versi lambat",
    },
    "sound": {  # the recording itself, made to sound otherwise
        "en": (
            "8d, 8d audio, 16d, 9d, 3d audio, 360 audio, bass boosted, bassboosted, boosted, "
            "432hz, 432 hz, 528hz, 528 hz, 440hz, muffled, another room, empty arena, underwater, "
            "reversed, earrape, surround, binaural, asmr, from another room, in the rain, "
            "rain sounds"
        ),
        "es": "audio 8d, con bajos",
        "pt": "com grave, grave batendo",
        "ru": "басс, бас буст, 8д",
        "ja": "重低音",
        "zh": "重低音, 3d环绕",
        "id": "bass nation",
    },
    "medley": {
        "en": (
            "medley, mashup, mash up, megamix, mixtape mix, potpourri, nonstop, non stop, "
            "minimix, continuous mix, songs mashup, jukebox"
        ),
        "es": "popurrí, mosaico, enganchado, enganchados",
        "pt": "pot pourri, medley",
        "fr": "pot pourri",
        "de": "potpourri, hitmix",
        "it": "pot pourri",
        "tr": "potpori",
        "ru": "попурри, мэшап, мешап",
        "pl": "składanka, wiązanka",
        "ja": "メドレー, マッシュアップ",
        "ko": "메들리, 매시업",
        "zh": "串烧, 串燒, 联唱, 聯唱",
        "hi": "मैशअप",
    },
    "other": {  # about the song, or around it, or far more than it
        "en": (
            "reaction, reacts, reacting, react, review, first time hearing, first listen, "
            "explained, meaning, analysis, breakdown, tutorial, lesson, guitar lesson, "
            "how to play, how to sing, chords, guitar tab, tabs, tab, bass tab, sheet music, "
            "drum cam, drum tutorial, drums, trailer, teaser, behind the scenes, making of, "
            "making, the making, interview, documentary, commentary, track commentary, "
            "commentaries, dance practice, choreography, choreo, dance video, dance cover, "
            "dance tutorial, gameplay, guitar hero, rock band, beat saber, just dance, zumba, "
            "workout, full album, album completo, full ep, greatest hits, best songs, playlist, "
            "compilation, 1 hour, one hour, 1h, 2 hours, 10 hours, 3 hours, 10 hour, loop, "
            "looped, hour loop, hour version, for 1 hour, 30 minutes, shorts, short, tiktok, "
            "tiktok compilation, edit audio, audio edit, edit audios, amv, gmv, fmv, fan video, "
            "fan made, fanmade, fan edit, whatsapp status, status video, status, ringtone, "
            "unboxing, vlog, podcast, in the making, color coded lyrics, line distribution, "
            "how would, guess the song, animation meme, meme, promo, sneak peek, recap, "
            "highlight medley, album sampler, sampler, episode, full movie, scene, ending scene, "
            "audition, the voice, got talent, x factor, american idol, cover contest, challenge, "
            "spoof, translation, translated, english translation, drum cover, bass cover, "
            "guitar cover, skit, voice memo, intro video"
        ),
        "es": (
            "reacción, reaccionando, reaccion, cómo tocar, tutorial, clase, entrevista, "
            "detrás de cámaras, álbum completo, disco completo, 1 hora, una hora, grandes éxitos, "
            "sus mejores éxitos, mejores canciones, traducida, traducción, coreografía, "
            "explicación, acordes"
        ),
        "pt": (
            "reação, reagindo, como tocar, aula, videoaula, entrevista, bastidores, "
            "álbum completo, cd completo, dvd completo, 1 hora, as melhores, tradução, "
            "coreografia, cifra"
        ),
        "fr": (
            "réaction, comment jouer, cours, entretien, coulisses, album complet, 1 heure, "
            "une heure, traduction, chorégraphie, bande annonce, leçon"
        ),
        "de": (
            "reaktion, unterricht, anleitung, ganzes album, komplettes album, 1 stunde, "
            "eine stunde, übersetzung, tanz, hinter den kulissen, ausschnitte"
        ),
        "it": (
            "reazione, reagisco, come suonare, lezione, intervista, dietro le quinte, "
            "album completo, 1 ora, un ora, traduzione, coreografia, accordi, spiegazione"
        ),
        "nl": "reactie, volledig album, 1 uur, vertaling, les",
        "tr": (
            "tepki, tepkisi, ders, dersi, nasıl çalınır, röportaj, kamera arkası, tam albüm, "
            "1 saat, çeviri, türkçe çeviri, dans, fragman, akor"
        ),
        "ru": (
            "реакция, разбор, урок, как играть, интервью, бэкстейдж, полный альбом, весь альбом, "
            "1 час, один час, час, перевод, с переводом, танец, хореография, трейлер, аккорды, "
            "тизер"
        ),
        "uk": "реакція, переклад, урок, 1 година",
        "pl": (
            "reakcja, lekcja, jak grać, wywiad, cały album, pełny album, 1 godzina, godzina, "
            "tłumaczenie, taniec, zwiastun, kulisy, akordy"
        ),
        "el": "αντίδραση, μετάφραση, 1 ώρα",
        "ja": (
            "反応, リアクション, レッスン, 解説, 作業用, 耐久, 1時間, フルアルバム, メイキング, "
            "予告, ティザー, ダンス, 踊り, 和訳, 全曲, 特報"
        ),
        "ko": (
            "리액션, 반응, 강의, 해석, 인터뷰, 1시간, 한시간, 전곡, 티저, 예고, 안무, 연습, 번역, "
            "비하인드"
        ),
        "zh": (
            "反应, 反應, 教学, 教學, 1小时, 一小時, 循环, 全专辑, 全專輯, 合集, 预告, 預告, 花絮, "
            "采访, 舞蹈, 翻译, 精选"
        ),
        "hi": "रिएक्शन, प्रतिक्रिया, ट्रेलर, टीज़र",
        "ar": "ردة فعل, رد فعل, تعليم, ساعة, ترجمة, مترجمة, البوم كامل, برومو, اعلان",
        "he": "תגובה, תרגום, שעה, אלבום מלא, טריילר",
        "id": (
            "reaksi, cara main, belajar, wawancara, album penuh, full album, 1 jam, terjemahan, "
            "terjemahannya, tarian, kunci gitar, di balik layar, kumpulan lagu"
        ),
        "vi": "phản ứng, dịch",
        "th": "รีแอคชั่น, แปล",
    },
    "clean": {
        "en": "clean, clean version, censored, radio clean",
        "es": "versión limpia, censurada",
        "pt": "versão limpa, sem palavrão",
        "fr": "version censurée, censuré",
        "de": "zensiert, jugendfrei",
        "it": "censurata",
        "ru": "цензура, без мата",
        "pl": "ocenzurowana, bez przekleństw",
        "id": "versi bersih",
    },
    "language": {  # beside what LANGUAGES give
        "en": (
            "spanglish version, english dub, spanish, spanglish, italiano, bilingual, multilingual"
        ),
        "es": (
            "en español, en inglés, en italiano, en portugués, en francés, versión en español, "
            "versión en inglés, versión español"
        ),
        "pt": "em português, em espanhol, em inglês, versão em português",
        "fr": "version française, en français, version anglaise, en anglais",
        "de": "deutsche version, auf deutsch, englische version",
        "it": "in italiano, versione italiana, in inglese, in spagnolo, versione spagnola",
        "tr": "türkçe versiyon, ingilizce versiyon, türkçesi",
        "ru": "на русском, русская версия, по русски, на английском",
        "pl": "po polsku, wersja polska, po angielsku",
        "ja": "日本語版, 英語版, 日本語バージョン, 日本語ver",
        "ko": "일본어 버전, 영어 버전, 한국어 버전",
        "zh": "中文版, 英文版, 粤语版, 粵語版, 国语版, 國語版, 日语版, 普通话版",
        "hi": "हिंदी संस्करण, हिन्दी वर्जन",
        "ar": "النسخة العربية, بالعربي, بالعربية",
        "he": "בעברית, באנגלית",
        "id": "versi indonesia, versi inggris, bahasa indonesia",
    },
    "variant": {  # the same artist sang it again, another way
        "en": (
            "duet version, duet, solo version, female version, male version, sad version, "
            "reprise, rerecorded, re recorded, new version, 2nd version, second version, "
            "part 2 version, orchestral, christmas version, taylors version, anniversary version, "
            "stripped version, slow mix, ballad version, unplugged version, sad, interlude, "
            "a capella version, choir, female, male, dance performance, special version, "
            "rap version, symphony, band version, piano mix, theme version"
        ),
        "es": (
            "versión mujer, versión nueva, nueva versión, a dúo, versión balada, "
            "versión alternativa, versión extendida, versión urbana, versión mariachi, "
            "versión banda, norteña"
        ),
        "pt": "nova versão, versão pagode, versão samba",
        "fr": "nouvelle version, version orchestrale",
        "de": "neue version, neuaufnahme",
        "it": "nuova versione, orchestrale, versione femminile",
        "tr": "düet, yeni versiyon, kadın versiyon, erkek versiyon, orkestra",
        "ru": "новая версия, дуэт, дуэт версия, оркестровая",
        "pl": "nowa wersja, orkiestrowa",
        "ja": "新録, デュエット, オーケストラ",
        "ko": "듀엣, 오케스트라",
        "zh": "新版, 对唱版, 對唱版, 女声版, 男声版, 交响",
        "id": "versi baru",
    },
}

# "Swedish Version", "in Swedish" and the like: another language than the one that is meant
LANGUAGES: Final = (
    "english, spanish, french, german, italian, portuguese, brazilian, dutch, swedish, danish, "
    "norwegian, finnish, icelandic, polish, czech, slovak, hungarian, romanian, bulgarian, "
    "serbian, croatian, greek, turkish, russian, ukrainian, georgian, armenian, hebrew, arabic, "
    "persian, hindi, urdu, bengali, punjabi, marathi, gujarati, tamil, telugu, kannada, "
    "malayalam, sinhala, nepali, thai, vietnamese, indonesian, malay, tagalog, filipino, "
    "japanese, korean, chinese, mandarin, cantonese, taiwanese, catalan, basque, galician, irish, "
    "welsh, latin, swahili, zulu, afrikaans, hawaiian"
)
LANGUAGE_FORMS: Final = ("{} version", "{} ver", "in {}", "{} dub")

# Words for a version; with a name beside them they speak of one that has no word above
VERSION: Final = (
    "version, versión, versão, versione, versiyon, wersja, versi, версия, версія, ver, fassung, "
    "versie, edición, έκδοση, نسخة, גרסה, संस्करण, mix, edit, take"
)

# Words beside a title that say nothing about the recording
NEUTRAL: Final[dict[str, str]] = {
    "en": (
        "official, video, audio, music, music video, official video, performance video, "
        "performance music video, lyric, lyrics, lyrical, visualizer, visualiser, visual, "
        "visuals, hd, hq, uhd, 4k, 8k, 1080p, 720p, 480p, mv, m v, pv, full, song, songs, clip, "
        "videoclip, remaster, remastered, remasterizado, mono, stereo, version, ver, "
        "album version, single version, original, original version, original mix, deluxe, "
        "deluxe edition, edition, bonus, bonus track, single, album, ep version, explicit, "
        "uncensored, from, soundtrack, ost, motion picture, movie, film, theme, theme song, prod, "
        "produced by, prod by, new, latest, out now, topic, vevo, pseudo, with, and, the, a, an, "
        "by, track, premiere, upscaled, colorized, high quality, quality, restored, dolby, atmos, "
        "dolby atmos, subtitles, subtitled, cc, english subtitles, wav, mp3, mp4, wmv, flac, avi, "
        "vinyl, lp, cd, hit, super hit, hits, exclusive, title track, title song, best, "
        "full song, full video, video song, screen, art track, studio, studio version, main, "
        "hi res, digital, year, disc, volume, vol, of, feat, featuring, ft, presents, oficial"
    ),
    "es": (
        "oficial, video oficial, vídeo, letra, letras, con letra, canción, audio oficial, "
        "versión, álbum, completo, completa, remasterizado, remasterizada, música, "
        "videoclip oficial, estreno"
    ),
    "pt": (
        "oficial, clipe, clipe oficial, vídeo, legendado, com letra, áudio, áudio oficial, "
        "versão, música, lançamento, remasterizado, pseudo vídeo"
    ),
    "fr": (
        "officiel, officielle, clip officiel, paroles, avec paroles, chanson, vidéo, remasterisé, "
        "version originale, bande originale"
    ),
    "de": (
        "offiziell, offizielles, offizielles video, musikvideo, text, mit text, lied, fassung, "
        "remastert, albumversion"
    ),
    "it": (
        "ufficiale, video ufficiale, testo, con testo, canzone, versione, rimasterizzato, "
        "colonna sonora"
    ),
    "nl": "officiële, officiele, songtekst, tekst",
    "tr": "resmi, klip, orijinal klip, sözleri, şarkı sözleri, şarkı, versiyon, yeni",
    "ru": (
        "официальный, официальное, клип, официальный клип, видео, аудио, премьера, "
        "премьера клипа, текст, слова, песня, альбом, версия, саундтрек, трек"
    ),
    "uk": "офіційний, кліп, відео, прем'єра, пісня, текст",
    "pl": "oficjalny, teledysk, oficjalny teledysk, tekst, piosenka, wersja, premiera",
    "el": "επίσημο, στίχοι, βίντεο, τραγούδι",
    "ja": "公式, 歌詞, 歌詞付き, オフィシャル, ミュージックビデオ, 主題歌, フル, 高音質, 高画質",
    "ko": "공식, 가사, 뮤직비디오, 고음질",
    "zh": (
        "官方, 官方版, 歌词, 歌詞, 完整版, 高清, 动态歌词, 動態歌詞, 主题曲, 主題曲, 無損, 无损, "
        "高音质"
    ),
    "hi": "गाना, गीत, वीडियो, आधिकारिक",
    "ar": "الرسمي, رسمي, كليب, فيديو, فيديو كليب, كلمات, اغنية, أغنية, حصريا, حصري, الكليب, اوديو",
    "he": "הקליפ, קליפ, רשמי, הקליפ הרשמי, מילים, שיר",
    "id": "resmi, lirik, lagu, video klip, klip",
    "th": "เนื้อเพลง",
    "vi": "chính thức, lời bài hát",
}

# After these a title names guests, producers, directors: no part of the title
GUESTS: Final = (
    "feat, ft, featuring, con, part, partic, duet with, фит, prod, produced, directed, dir"
)

# A stretch of a title that begins so names where the recording comes from, not which one it is
SOURCES: Final = (
    "from, aus, de la película, da novela, del film, dal film, из фильма, from the, theme from, "
    "music from, soundtrack, original motion picture soundtrack, original soundtrack, ost, prod, "
    "prod by, produced by, de la serie, bande originale du film, z filmu, filmden"
)

# By which a title claims to be official; heard only from those who may be
OFFICIAL: Final = (
    "official, officiel, officielle, oficial, ufficiale, offizielles, offiziell, resmi, "
    "oficjalny, официальный, официальное, офіційний, επίσημο, الرسمي, הרשמי"
)
