"""Ed25519, tree hashing and keys against the vectors of their own standards."""
import unittest

import verify_sealog
from verify_sealog import L, leaf_hash, push, root_of
from test_verify_sealog import OURS


class Published(unittest.TestCase):
    KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    SIGNATURE = ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")

    def test_ed25519_holds_for_rfc_8032_test_2_and_nothing_else(self):
        key, signature = bytes.fromhex(self.KEY), bytes.fromhex(self.SIGNATURE)
        holds = verify_sealog.signature_holds
        self.assertTrue(holds(key, signature, b"\x72"))
        self.assertFalse(holds(key, signature, b"\x73"))
        self.assertFalse(holds(key, signature[:-1], b"\x72"))
        s_plus_l = int.from_bytes(signature[32:], "little") + L
        self.assertFalse(holds(key, signature[:32] + s_plus_l.to_bytes(32, "little"), b"\x72"))

    def test_ed25519_refuses_points_of_small_order_and_odd_forms(self):
        for point in ("01" + "00" * 31, "00" * 32, "ec" + "ff" * 30 + "7f", "01" + "00" * 30 + "80",
                      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                      "ee" + "ff" * 30 + "7f", "ed" + "ff" * 30 + "7f"):
            self.assertIsNone(verify_sealog.point_decode(bytes.fromhex(point)), point)
        self.assertFalse(verify_sealog.signature_holds(
            bytes.fromhex("01" + "00" * 31), bytes.fromhex("01" + "00" * 63), b"any"))

    def test_a_tree_of_eight_has_the_root_of_rfc_6962(self):
        tree = []
        for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                     "606162636465666768696a6b6c6d6e6f"):
            push(tree, 0, leaf_hash(bytes.fromhex(leaf)))
        self.assertEqual(root_of(tree).hex(),
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")

    def test_a_vkey_with_a_wrong_key_id_is_refused(self):
        self.assertEqual(list(verify_sealog.read_vkeys(OURS.vkey)), [("acme", OURS.id)])
        with self.assertRaises(ValueError):
            verify_sealog.read_vkeys(OURS.vkey.replace(OURS.id.hex(), "00000000"))


if __name__ == "__main__":
    unittest.main()
