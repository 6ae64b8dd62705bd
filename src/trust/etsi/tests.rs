//! Lists written out by hand, with Mozilla's roots as certificates.

use data_encoding::BASE64;
use proptest::prelude::*;

use super::*;

const WEB: &str = FOR_WEBSITES;
const SIGNATURES: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures";
const WITHDRAWN: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn";
const LOTL: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists";

/// One of some real certificates, as base64 in one line.
fn root(number: usize) -> String {
    BASE64.encode(&webpki_root_certs::TLS_SERVER_ROOT_CERTS[number])
}

/// A service with the current information given, and a history.
fn service(kind: &str, status: &str, purpose: &str, certificates: &[String]) -> String {
    let identities: Vec<String> = certificates
        .iter()
        .map(|base64| format!("<DigitalId><X509Certificate>{base64}</X509Certificate></DigitalId>"))
        .collect();
    let identities = identities.concat();
    let information = |kind: &str, status: &str, purpose: &str| {
        format!(
            "<ServiceTypeIdentifier>{kind}</ServiceTypeIdentifier>\
             <ServiceName><Name xml:lang=\"en\">Web CA</Name></ServiceName>\
             <ServiceDigitalIdentity>{identities}<DigitalId><X509SubjectName>CN=x</X509SubjectName>\
             </DigitalId></ServiceDigitalIdentity>\
             <ServiceStatus>{status}</ServiceStatus>\
             <StatusStartingTime>2020-01-02T03:04:05Z</StatusStartingTime>\
             <ServiceInformationExtensions><Extension Critical=\"false\">\
             <AdditionalServiceInformation><URI xml:lang=\"en\">{purpose}</URI>\
             </AdditionalServiceInformation></Extension></ServiceInformationExtensions>"
        )
    };
    format!(
        "<TSPService><ServiceInformation>{}</ServiceInformation><ServiceHistory>\
         <ServiceHistoryInstance>{}</ServiceHistoryInstance></ServiceHistory></TSPService>",
        information(kind, status, purpose),
        information(CA_QC, GRANTED, WEB)
    )
}

fn web(certificates: &[String]) -> String {
    service(CA_QC, GRANTED, WEB, certificates)
}

/// A list of one provider with these services.
fn list(services: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" \
         TSLTag=\"http://uri.etsi.org/19612/TSLTag\">\n\
         <SchemeInformation>\n\
         <TSLVersionIdentifier>5</TSLVersionIdentifier>\n\
         <TSLSequenceNumber>79</TSLSequenceNumber>\n\
         <TSLType>{NATIONAL}</TSLType>\n\
         <SchemeOperatorName><Name xml:lang=\"lt\">Tarnyba</Name>\n\
         <Name xml:lang=\"EN\">The\n   Authority &amp; Co</Name></SchemeOperatorName>\n\
         <SchemeTerritory>LT</SchemeTerritory>\n\
         <ListIssueDateTime>2026-05-21T12:00:00+02:00</ListIssueDateTime>\n\
         <NextUpdate><dateTime>2026-11-21T10:00:00Z</dateTime></NextUpdate>\n\
         </SchemeInformation>\n\
         <TrustServiceProviderList><TrustServiceProvider>\n\
         <TSPInformation><TSPName><Name xml:lang=\"lt\">Teikėjas</Name></TSPName></TSPInformation>\n\
         <TSPServices>{services}</TSPServices>\n\
         </TrustServiceProvider></TrustServiceProviderList>\n\
         <Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignatureValue>AAAA</SignatureValue>\
         </Signature>\n</TrustServiceStatusList>\n"
    )
}

fn taken(xml: &str) -> Import {
    read(xml.as_bytes(), "LT.xml").unwrap_or_else(|error| panic!("{error}"))
}

/// Line, column and message of a refusal.
fn refused(xml: &str) -> String {
    let error = read(xml.as_bytes(), "LT.xml").unwrap_err();
    let at = crate::source::Source::new("x", xml).position(error.span.start);
    format!("{}:{} {error}", at.line, at.column)
}

fn utc(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

#[test]
fn a_granted_service_for_websites_is_taken_with_all_that_is_known_of_it() {
    let xml = list(&web(&[root(0), root(1)]));
    let import = taken(&xml);
    let list = &import.list;
    assert_eq!(list.territory, "LT");
    assert_eq!(list.operator, "The Authority & Co");
    assert_eq!(list.sequence, 79);
    assert_eq!(list.issued, utc("2026-05-21T10:00:00Z"));
    assert_eq!(list.next_update, Some(utc("2026-11-21T10:00:00Z")));
    assert_eq!(list.file, "LT.xml");
    assert_eq!(list.sha256, <[u8; 32]>::from(Sha256::digest(&xml)));
    let [service] = list.services.as_slice() else {
        panic!("{list:?}")
    };
    // The provider has no English name.
    assert_eq!(service.provider, "Teikėjas");
    assert_eq!(service.name, "Web CA");
    assert_eq!(service.status_since, utc("2020-01-02T03:04:05Z"));
    assert_eq!(BASE64.encode(&service.certificates[0].der), root(0));
    assert_eq!(BASE64.encode(&service.certificates[1].der), root(1));
    assert_eq!((import.providers, import.is_national), (1, true));
    assert_eq!(import.passed_over, PassedOver::default());
}

#[test]
fn only_the_current_information_counts_not_the_history() {
    // Every service of these tests was a granted one for websites once.
    let services = [
        service(
            "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST",
            GRANTED,
            WEB,
            &[root(0)],
        ),
        service(CA_QC, WITHDRAWN, WEB, &[root(1)]),
        service(CA_QC, GRANTED, SIGNATURES, &[root(2)]),
        service(CA_QC, GRANTED, SIGNATURES, &[root(3)]),
    ];
    let import = taken(&list(&services.concat()));
    assert!(import.list.services.is_empty());
    let told = import.passed_over.to_string();
    assert_eq!(
        told,
        "1 of another type, 1 not granted (withdrawn or the like), 2 not for website authentication"
    );
}

#[test]
fn certificates_that_cannot_be_read_are_counted_and_leave_the_others() {
    let services = [
        web(&["%%%".to_owned(), root(0), "AAAA".to_owned()]),
        web(&["MIIB".to_owned()]),
        web(&[]),
    ];
    let import = taken(&list(&services.concat()));
    assert_eq!(import.list.certificates(), 1);
    let told = import.passed_over.to_string();
    assert_eq!(
        told,
        "2 without a readable certificate, 3 of their certificates unreadable"
    );
}

#[test]
fn a_certificate_that_a_service_gives_twice_is_taken_once() {
    let import = taken(&list(&web(&[root(0), root(0)])));
    assert_eq!(import.list.certificates(), 1);
}

#[test]
fn base64_may_have_line_breaks_spaces_and_carriage_returns_by_number() {
    let base64 = root(0);
    let (head, tail) = base64.split_at(76);
    for broken in [
        format!("\n    {head}\r\n\t{tail}\n  "),
        format!("{head}&#13;\n{tail}&#xD;\n"),
        format!("<![CDATA[{head}\n{tail}]]>"),
        format!("{head}<!-- a comment -->{tail}"),
    ] {
        let import = taken(&list(&web(std::slice::from_ref(&broken))));
        assert_eq!(import.list.certificates(), 1, "{broken}");
    }
}

#[test]
fn prefixes_do_not_matter_and_namespaces_do() {
    let xml = list(&web(&[root(0)]));
    let names = [
        "TrustServiceStatusList",
        "SchemeInformation",
        "TSLVersionIdentifier",
        "TSLSequenceNumber",
        "TSLType",
        "SchemeOperatorName",
        "Name",
        "SchemeTerritory",
        "ListIssueDateTime",
        "NextUpdate",
        "dateTime",
        "TrustServiceProviderList",
        "TrustServiceProvider",
        "TSPInformation",
        "TSPName",
        "TSPServices",
        "TSPService",
        "ServiceInformation",
        "ServiceTypeIdentifier",
        "ServiceName",
        "ServiceDigitalIdentity",
        "DigitalId",
        "X509Certificate",
        "X509SubjectName",
        "ServiceStatus",
        "StatusStartingTime",
        "ServiceInformationExtensions",
        "Extension",
        "AdditionalServiceInformation",
        "URI",
        "ServiceHistory",
        "ServiceHistoryInstance",
    ];
    let mut prefixed = xml.replace(
        "xmlns=\"http://uri.etsi.org/02231",
        "xmlns:tsl=\"http://uri.etsi.org/02231",
    );
    for name in names {
        for end in [">", " "] {
            prefixed = prefixed
                .replace(&format!("<{name}{end}"), &format!("<tsl:{name}{end}"))
                .replace(&format!("</{name}{end}"), &format!("</tsl:{name}{end}"));
        }
    }
    assert!(prefixed.contains("</tsl:X509Certificate>") && !prefixed.contains("<Name"));
    assert_eq!(taken(&prefixed).list.certificates(), 1);
    let elsewhere = prefixed.replace("02231/v2#", "02231/v3#");
    assert_eq!(
        refused(&elsewhere),
        "2:1 the file is XML, but no trusted list: it begins with `tsl:TrustServiceStatusList`"
    );
    // An element of the same name and another namespace is none of the list's.
    let foreign = xml.replace("<ServiceStatus>", "<ServiceStatus xmlns=\"urn:x\">");
    assert_eq!(taken(&foreign).passed_over.not_granted, 1);
}

#[test]
fn versions_5_and_6_are_read_and_no_other() {
    let of = |version: &str| list("").replace(">5</TSLVersion", &format!(">{version}</TSLVersion"));
    assert_eq!(taken(&of("6")).list.sequence, 79);
    assert_eq!(
        refused(&of("4")),
        "4:23 the trusted list has version `4`; versions 5 and 6 are read"
    );
}

#[test]
fn a_list_without_next_update_is_of_a_closed_scheme() {
    let dated = "<NextUpdate><dateTime>2026-11-21T10:00:00Z</dateTime></NextUpdate>";
    for empty in [
        "<NextUpdate/>",
        "<NextUpdate> </NextUpdate>",
        "<NextUpdate><dateTime/></NextUpdate>",
    ] {
        let import = taken(&list("").replace(dated, empty));
        assert_eq!(import.list.next_update, None);
        assert!(!import.list.is_expired(utc("9999-01-01T00:00:00Z")));
    }
    assert_eq!(
        refused(&list("").replace(dated, "")),
        "3:1 the trusted list has no `NextUpdate`"
    );
}

#[test]
fn a_list_has_expired_when_its_next_update_has_passed() {
    let list = taken(&list("")).list;
    assert!(!list.is_expired(utc("2026-11-21T10:00:00Z")));
    assert!(list.is_expired(utc("2026-11-21T10:00:01Z")));
}

#[test]
fn a_list_of_lists_is_told_as_such() {
    let xml = list("").replace(NATIONAL, LOTL);
    assert_eq!(
        refused(&xml),
        "6:10 the file is a list of trusted lists (LOTL); it names no services itself"
    );
    let error = read(xml.as_bytes(), "eu-lotl.xml").unwrap_err();
    assert!(
        error
            .refusal
            .help()
            .starts_with("give the lists of the countries")
    );
}

#[test]
fn the_list_of_another_kind_of_scheme_is_taken_and_told() {
    let import = taken(&list("").replace(NATIONAL, "http://example.org/national"));
    assert!(!import.is_national);
}

#[test]
fn what_is_no_trusted_list_is_told_in_its_place() {
    let whole = list("");
    let half = whole.split("79</TSL").next().unwrap();
    let in_a_tag = whole.split("SequenceNumber>").next().unwrap();
    for (text, told) in [
        ("", "1:1 the file is empty"),
        ("\u{FEFF} \n", "1:1 the file is empty"),
        (
            "<!DOCTYPE html>\n<html></html>",
            "1:1 the file is a web page (HTML), not a trusted list",
        ),
        (
            "\n<HTML><body></body></HTML>",
            "2:1 the file is a web page (HTML), not a trusted list",
        ),
        (
            "<a:b xmlns:a='c'/>",
            "1:1 the file is XML, but no trusted list: it begins with `a:b`",
        ),
        (
            "<SchemeInformation xmlns='http://uri.etsi.org/02231/v2#'/>",
            "1:1 the file is XML, but no trusted list: it begins with `SchemeInformation`",
        ),
        (
            "{\"a\": 1}",
            "1:1 the file is not well-formed XML: there is text outside of the outermost element",
        ),
        (
            "<?xml version='1.0'?>",
            "1:21 the file is not well-formed XML: it has no element",
        ),
        (
            half,
            "5:19 the file breaks off inside of `TSLSequenceNumber`",
        ),
        (
            in_a_tag,
            "5:1 the file breaks off inside of `SchemeInformation`",
        ),
    ] {
        assert_eq!(refused(text), told, "{text}");
    }
    let twice = whole.clone() + "<a/>";
    assert!(refused(&twice).ends_with("a second element follows the outermost one"));
    let crossed = whole.replace("</SchemeInformation>", "</TSPService>");
    assert_eq!(
        refused(&crossed),
        "13:1 the file is not well-formed XML: expected `</SchemeInformation>`, but `</TSPService>` was found"
    );
    let no_territory = whole.replace("SchemeTerritory", "SchemeTerrain");
    assert_eq!(
        refused(&no_territory),
        "3:1 the trusted list has no `SchemeTerritory`"
    );
}

#[test]
fn values_of_the_wrong_form_are_told_in_their_place() {
    for (from, to, told) in [
        (
            ">79<",
            ">-1<",
            "5:20 `TSLSequenceNumber` is `-1`, which is not a whole number",
        ),
        (
            ">LT<",
            ">../<",
            "10:18 `SchemeTerritory` is `../`, which is not the two capital letters of a country",
        ),
        (
            "2026-11-21T10:00:00Z",
            "so\u{1b}on",
            "12:23 `NextUpdate` is `so\\u{1b}on`, which is not an instant like 2026-11-23T00:00:00Z",
        ),
    ] {
        assert_eq!(refused(&list("").replace(from, to)), told);
    }
    let undated = list(&web(&[root(0)])).replace("2020-01-02", "2020-13-02");
    assert!(refused(&undated).contains("`StatusStartingTime` is `2020-13-02T03:04:05Z`"));
}

#[test]
fn an_instant_without_a_zone_is_in_utc() {
    let xml = list("").replace("2026-11-21T10:00:00Z", "2026-11-21T10:00:00");
    assert_eq!(
        taken(&xml).list.next_update,
        Some(utc("2026-11-21T10:00:00Z"))
    );
}

#[test]
fn what_is_not_utf_8_or_too_large_is_refused() {
    let error = read(b"<a>\xFF</a>", "x").unwrap_err();
    assert_eq!((error.refusal, error.span.start), (Refusal::NotUtf8, 3));
    let error = read(&vec![b' '; MAX_BYTES + 1], "x").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file is larger than 16 MiB, far more than any trusted list"
    );
}

#[test]
fn entities_are_refused_before_they_can_grow() {
    let bomb = "<?xml version='1.0'?>\n<!DOCTYPE lolz [<!ENTITY a 'lol'><!ENTITY b '&a;&a;'>]>\n<b>&b;</b>";
    assert_eq!(
        refused(bomb),
        "2:1 the file has a document type definition (<!DOCTYPE …>)"
    );
    let file = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>";
    assert!(refused(file).starts_with("1:1 the file has a document type"));
    let undefined = list("").replace(">LT<", ">&lt2;<");
    assert_eq!(
        refused(&undefined),
        "10:18 the file is not well-formed XML: it refers to an entity, and none is defined"
    );
}

#[test]
fn depth_attributes_and_namespaces_cost_no_more_than_their_length() {
    let deep = list(&"<a>".repeat(200_000));
    assert_eq!(
        refused(&deep),
        "16:194 elements are nested deeper than 64 levels"
    );
    // In another namespace as well.
    let deep = list(&"<a xmlns=''>".repeat(200_000));
    assert!(refused(&deep).ends_with("elements are nested deeper than 64 levels"));
    let attributes = (0..200_000).map(|n| format!(" a{n}='x'"));
    let attributes = attributes.collect::<Vec<_>>().concat();
    let wide =
        list(&web(&[root(0)])).replace("<TSPServices>", &format!("<TSPServices{attributes}>"));
    assert_eq!(taken(&wide).list.certificates(), 1);
    let namespaces = (0..200_000).map(|n| format!(" xmlns:a{n}='x'"));
    let namespaces = namespaces.collect::<Vec<_>>().concat();
    let many = list("").replace("<TSPServices>", &format!("<TSPServices{namespaces}>"));
    assert!(refused(&many).contains("not well-formed XML"));
}

#[test]
fn a_list_that_was_cut_anywhere_is_refused_with_a_place_inside_it() {
    let whole = list(&web(&["AAAA".to_owned()]));
    let body = whole.trim_end();
    for (at, _) in body.char_indices() {
        let cut = body.get(..at).unwrap();
        let error = read(cut.as_bytes(), "x").unwrap_err();
        assert!(error.span.end <= cut.len().max(1), "{at}: {error:?}");
    }
    assert!(read(body.as_bytes(), "x").is_ok());
}

proptest! {
    #[test]
    fn any_text_is_taken_or_refused_with_a_place_inside_it(
        text in "([<>/&;='\" ?!a:#\\[\\]-]|<a |</a>|xmlns|<!--|<!\\[CDATA\\[|\\]\\]>|\\PC){0,60}"
    ) {
        for text in [text.clone(), list(&text)] {
            if let Err(error) = read(text.as_bytes(), "x") {
                prop_assert!(error.span.end <= text.len().max(1), "{error:?}");
            }
        }
    }
}

#[test]
fn hostile_and_long_names_are_kept_short_and_as_text() {
    let xml = list(&web(&[root(0)]))
        .replace("Teikėjas", &"ė\u{1b}[31m\u{202e}".repeat(1000))
        .replace("Web CA", "");
    let import = taken(&xml);
    let service = &import.list.services[0];
    assert_eq!(service.provider.chars().count(), NAME_LENGTH);
    assert_eq!(service.name, "(no name)");
}
