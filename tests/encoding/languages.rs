//! Sentences in many languages, read back from every encoding that can write them.

use encoding_rs::Encoding;
use lavoir::decode::decode;
use lavoir::record::Hints;

/// A sentence and the legacy encodings in which it was commonly stored.
const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "fr",
        "L’été dernier, nous avons déménagé à côté d’une forêt où les hêtres sont très âgés.",
        "windows-1252 macintosh",
    ),
    (
        "es",
        "El niño soñaba con montañas lejanas; ¿quién sabe qué había más allá del río?",
        "windows-1252 iso-8859-15 macintosh",
    ),
    (
        "pt",
        "A população não compreendeu por que razão a estação foi encerrada às três da manhã.",
        "windows-1252 iso-8859-15",
    ),
    (
        "de",
        "Die Straßenbahn fährt über die große Brücke, während die Händler ihre Körbe füllen.",
        "windows-1252 iso-8859-15 macintosh",
    ),
    (
        "it",
        "La città è più bella di notte, perché le luci si specchiano nell’acqua già scura.",
        "windows-1252 macintosh",
    ),
    (
        "da",
        "Børnene løb ned ad gågaden for at købe æbler og rødgrød på den første forårsdag.",
        "windows-1252 iso-8859-15",
    ),
    (
        "sv",
        "Flickan åkte skidor över sjön när snön äntligen hade lagt sig på åkrarna.",
        "windows-1252 macintosh",
    ),
    (
        "fi",
        "Hän käveli pitkän päivän järven ympäri, vaikka sää näytti yhä synkemmältä.",
        "windows-1252 iso-8859-15",
    ),
    (
        "is",
        "Það er gott að búa í þorpinu þegar sólin skín og fuglarnir syngja á þökunum.",
        "windows-1252",
    ),
    (
        "pl",
        "Zażółć się z nami: święta nadchodzą, a dzieci już śpiewają piękne kolędy.",
        "windows-1250 iso-8859-2",
    ),
    (
        "cs",
        "Příliš mnoho lidí čekalo na nádraží, když přijel poslední vlak z Děčína.",
        "windows-1250 iso-8859-2",
    ),
    (
        "sk",
        "Keď prišla zima, ľudia si večer sadali k ohňu a rozprávali staré príbehy.",
        "windows-1250 iso-8859-2",
    ),
    (
        "hu",
        "Az őszi erdőben sétálva rájöttünk, hogy a gyümölcsök már megértek a fákon.",
        "windows-1250 iso-8859-2",
    ),
    (
        "hr",
        "Čovjek je šetao uz more i mislio kako će ga žena čekati kod kuće s večerom.",
        "windows-1250 iso-8859-2",
    ),
    (
        "sl",
        "Včeraj smo v gozdu našli veliko jurčkov, zato bomo za večerjo skuhali župo.",
        "windows-1250 iso-8859-2",
    ),
    (
        "ro",
        "Copiii mergeau dimineaţa la şcoală pe un drum îngust, printre livezi înflorite.",
        "windows-1250 iso-8859-2",
    ),
    (
        "et",
        "Õhtul jõudsime külla, kus vanaema oli küpsetanud värskeid saiakesi ja kooki.",
        "windows-1257 iso-8859-4",
    ),
    (
        "lv",
        "Vakarā mēs gājām gar jūru un klausījāmies, kā viļņi skalo smilšaino krastu.",
        "windows-1257 iso-8859-13",
    ),
    (
        "lt",
        "Vakare žmonės rinkosi prie ežero, kur žvejai pasakojo apie šių metų laimikį.",
        "windows-1257 iso-8859-13",
    ),
    (
        "tr",
        "Çocuklar güneşin altında oynarken, yaşlı adam ağacın gölgesinde uyuyordu.",
        "windows-1254",
    ),
    (
        "ru",
        "Вечером мы гуляли по набережной и говорили о том, каким будет следующий год.",
        "windows-1251 koi8-r ibm866 iso-8859-5 x-mac-cyrillic",
    ),
    (
        "uk",
        "Увечері ми гуляли вздовж річки й розмовляли про те, яким буде наступний рік.",
        "windows-1251 koi8-u x-mac-cyrillic",
    ),
    (
        "bg",
        "Вечерта се разхождахме край реката и си говорехме какво ще донесе новата година.",
        "windows-1251 ibm866 iso-8859-5",
    ),
    (
        "sr",
        "Увече смо шетали поред реке и причали о томе шта ће нам донети нова година.",
        "windows-1251 iso-8859-5",
    ),
    (
        "el",
        "Το βράδυ περπατούσαμε δίπλα στο ποτάμι και μιλούσαμε για το καλοκαίρι που πέρασε.",
        "windows-1253 iso-8859-7",
    ),
    (
        "he",
        "בערב טיילנו לאורך הנהר ודיברנו על הקיץ שעבר ועל מה שיביא איתו החורף.",
        "windows-1255 iso-8859-8",
    ),
    (
        "ar",
        "في المساء مشينا على ضفاف النهر وتحدثنا عن الصيف الماضي وعما سيأتي به الشتاء.",
        "windows-1256 iso-8859-6",
    ),
    (
        "th",
        "ตอนเย็นเราเดินเล่นริมแม่น้ำและคุยกันเรื่องฤดูร้อนที่ผ่านมา",
        "windows-874",
    ),
    (
        "ja",
        "夕方、私たちは川沿いを歩きながら、過ぎ去った夏のことを話していました。",
        "shift_jis euc-jp iso-2022-jp utf-16le",
    ),
    (
        "ko",
        "저녁에 우리는 강가를 걸으며 지난여름에 있었던 일을 이야기했다.",
        "euc-kr utf-16be",
    ),
    (
        "zh",
        "傍晚我们沿着河边散步，谈起刚刚过去的夏天和即将到来的冬天。",
        "gbk gb18030 utf-16le",
    ),
    (
        "zh-Hant",
        "傍晚我們沿著河邊散步，談起剛剛過去的夏天和即將到來的冬天。",
        "big5",
    ),
];

#[test]
fn every_sentence_comes_back_from_every_encoding() {
    let mut wrong = Vec::new();
    for (language, sentence, encodings) in SENTENCES {
        for name in encodings.split(' ') {
            let bytes = match name {
                "utf-16le" => sentence.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                "utf-16be" => sentence.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                _ => {
                    let codec = Encoding::for_label(name.as_bytes()).expect("a known label");
                    let plain = sentence.replace('’', "'");
                    let (bytes, _, lossy) = codec.encode(if name.starts_with("iso") {
                        &plain
                    } else {
                        sentence
                    });
                    assert!(!lossy, "{language} cannot be written in {name}");
                    bytes.into_owned()
                }
            };
            let wanted = sentence.replace('’', "'");
            match decode(&bytes, &Hints::default()) {
                Ok(decoded) if decoded.text.replace('’', "'") == wanted => {}
                other => wrong.push(format!("{language} in {name}: {other:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
