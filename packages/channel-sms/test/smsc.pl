# A message centre of another make: Net::SMPP of Debian's libnet-smpp-perl. It says its port, takes one session, and
# for each message that it takes it delivers a receipt, and the same message back as if the customer had written it.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, Proto => 'tcp') or die "cannot listen: $!";
print 'PORT ', $listener->sockport, "\n";
my $session = $listener->accept or die "cannot accept: $!";
my $count = 0;
while (my $pdu = $session->read_pdu) {
    my $command = $pdu->{cmd};
    if ($command == 0x09) {
        my $right = $pdu->{password} eq 'secret';
        $session->bind_transceiver_resp(seq => $pdu->{seq}, status => $right ? 0 : 0x0e, system_id => 'perl');
    } elsif ($command == 0x04) {
        my $id = 'perl-' . ++$count;
        $session->submit_sm_resp(seq => $pdu->{seq}, message_id => $id);
        print 'SUBMIT ', join(' ', $id, $pdu->{data_coding}, $pdu->{esm_class}, $pdu->{registered_delivery},
            unpack('H*', $pdu->{short_message})), "\n";
        my %back = (
            source_addr => $pdu->{destination_addr},
            destination_addr => $pdu->{source_addr},
            source_addr_ton => 1,
            source_addr_npi => 1,
        );
        $session->deliver_sm(%back, esm_class => $pdu->{esm_class}, data_coding => $pdu->{data_coding},
            short_message => $pdu->{short_message}, async => 1);
        my $receipt = "id:$id sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:";
        $session->deliver_sm(%back, esm_class => 0x04, short_message => $receipt, async => 1)
            if $pdu->{registered_delivery};
    } elsif ($command == 0x80000005) {
        print 'TAKEN ', $pdu->{status}, "\n";
    } elsif ($command == 0x15) {
        $session->enquire_link_resp(seq => $pdu->{seq});
    } elsif ($command == 0x06) {
        $session->unbind_resp(seq => $pdu->{seq});
        last;
    }
}
