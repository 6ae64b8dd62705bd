//! Trusted lists (ETSI TS 119 612) made to order, unsigned.

use data_encoding::BASE64;

pub(crate) const QUALIFIED_CA: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
pub(crate) const TIME_STAMPS: &str = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST";
pub(crate) const GRANTED: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";
pub(crate) const WITHDRAWN: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn";
pub(crate) const FOR_WEBSITES: &str =
    "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForWebSiteAuthentication";
pub(crate) const FOR_SIGNATURES: &str =
    "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures";

/// A list to be written with or without a namespace prefix.
#[derive(Debug, Clone)]
pub(crate) struct List {
    /// `tsl:`, or nothing for the default namespace.
    pub(crate) prefix: &'static str,
    pub(crate) territory: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) sequence: u32,
    pub(crate) next_update: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) services: Vec<Service>,
}

/// A service; each has a provider of its own.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) provider: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) status: &'static str,
    pub(crate) purpose: &'static str,
    /// DER.
    pub(crate) certificates: Vec<Vec<u8>>,
}

impl List {
    pub(crate) fn of(territory: &'static str, services: Vec<Service>) -> Self {
        Self {
            prefix: "",
            territory,
            operator: "Supervisory Body",
            sequence: 79,
            next_update: "2027-01-01T00:00:00Z",
            kind: "EUgeneric",
            services,
        }
    }

    pub(crate) fn xml(&self) -> String {
        let p = self.prefix;
        let binding = p
            .strip_suffix(':')
            .map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        let next = if self.next_update.is_empty() {
            String::new()
        } else {
            format!("<{p}dateTime>{}</{p}dateTime>", self.next_update)
        };
        let providers: String = self.services.iter().map(|one| one.provider(p)).collect();
        let scheme = [
            ("TSLVersionIdentifier", "6".to_owned()),
            ("TSLSequenceNumber", self.sequence.to_string()),
            (
                "TSLType",
                format!(
                    "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/{}",
                    self.kind
                ),
            ),
            (
                "SchemeOperatorName",
                format!("<{p}Name xml:lang=\"en\">{}</{p}Name>", self.operator),
            ),
            ("SchemeTerritory", self.territory.to_owned()),
            ("ListIssueDateTime", "2026-07-01T00:00:00Z".to_owned()),
            ("NextUpdate", next),
        ];
        let scheme: String = scheme
            .iter()
            .map(|(name, content)| format!("  <{p}{name}>{content}</{p}{name}>\n"))
            .collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <{p}TrustServiceStatusList {binding}=\"http://uri.etsi.org/02231/v2#\">\n\
             <{p}SchemeInformation>\n{scheme}</{p}SchemeInformation>\n\
             <{p}TrustServiceProviderList>\n{providers}</{p}TrustServiceProviderList>\n\
             </{p}TrustServiceStatusList>\n"
        )
    }
}

impl Service {
    /// A granted service for websites.
    pub(crate) fn web(name: &'static str, certificates: &[Vec<u8>]) -> Self {
        Self {
            provider: "Trust Services AS",
            name,
            kind: QUALIFIED_CA,
            status: GRANTED,
            purpose: FOR_WEBSITES,
            certificates: certificates.to_vec(),
        }
    }

    fn provider(&self, p: &str) -> String {
        let identities: String = self
            .certificates
            .iter()
            .map(|der| {
                let base64 = BASE64.encode(der);
                let lines: Vec<&str> = base64
                    .as_bytes()
                    .chunks(76)
                    .map(|line| std::str::from_utf8(line).unwrap())
                    .collect();
                let text = lines.join("\n      ");
                format!(
                    "<{p}DigitalId><{p}X509Certificate>{text}\n</{p}X509Certificate></{p}DigitalId>\n"
                )
            })
            .collect();
        let name = |text: &str| format!("<{p}Name xml:lang=\"en\">{text}</{p}Name>");
        let purpose = format!(
            "<{p}Extension Critical=\"true\"><{p}AdditionalServiceInformation>\
             <{p}URI xml:lang=\"en\">{}</{p}URI></{p}AdditionalServiceInformation></{p}Extension>",
            self.purpose
        );
        let fields = [
            ("ServiceTypeIdentifier", self.kind.to_owned()),
            ("ServiceName", name(self.name)),
            ("ServiceDigitalIdentity", identities),
            ("ServiceStatus", self.status.to_owned()),
            ("StatusStartingTime", "2020-01-02T03:04:05Z".to_owned()),
            ("ServiceInformationExtensions", purpose),
        ];
        let information: String = fields
            .iter()
            .map(|(name, content)| format!("<{p}{name}>{content}</{p}{name}>\n"))
            .collect();
        format!(
            "<{p}TrustServiceProvider><{p}TSPInformation><{p}TSPName>{}</{p}TSPName>\
             </{p}TSPInformation>\n<{p}TSPServices><{p}TSPService><{p}ServiceInformation>\n\
             {information}</{p}ServiceInformation></{p}TSPService></{p}TSPServices>\n\
             </{p}TrustServiceProvider>\n",
            name(self.provider)
        )
    }
}
